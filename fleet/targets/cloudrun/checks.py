"""Checks of Cloud Run stacks: services, volumes, secrets and addresses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from fleet.cloudrun_limits import limits
from fleet.model import ContainerGroup, Fleet, Stack, Target
from fleet.model.cloud import Backing, CloudService, Ingress, Kind
from fleet.model.volume import Volume, VolumeKind
from fleet.source.faults import Fault
from fleet.source.locations import Sources
from fleet.source.similar import closest
from fleet.suggest import did_you_mean
from fleet.targets.cloudrun.capacity import cloud_of
from fleet.targets.cloudrun.instance_checks import check_instances
from fleet.targets.cloudrun.registry_checks import check_registries
from fleet.targets.memory_volumes import memory_volume_faults
from fleet.targets.own_labels import GOOGLES, own_label_faults

_ACCOUNT_ID_MAX = 30
"""Characters of a service account's id, at most."""
_AT = ("machine", "cloud")
_OF_KINDS: Mapping[str, tuple[Kind, ...]] = {
    **dict.fromkeys(("billing", "concurrency", "ingress"), (Kind.SERVICE,)),
    **dict.fromkeys(("invokers", "timeout_s"), (Kind.SERVICE, Kind.JOB)),
}
"""Field of a service -> the kinds that it applies to."""
_KINDS = {Kind.JOB: "a job", Kind.WORKER_POOL: "a worker pool"}


def check(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """Faults of all stacks on Cloud Run."""
    for stack in fleet.on(Target.CLOUDRUN):
        groups = fleet.placed(stack)
        yield from ensure_regions_exist(stack, sources)
        yield from check_registries(stack, groups, sources)
        for group in groups:
            yield from memory_volume_faults(group, stack, sources)
            yield from own_label_faults(group, stack, sources, GOOGLES)
        yield from ensure_services_are_of_groups(stack, groups, sources)
        yield from ensure_accounts_have_names(stack, groups, sources)
        yield from ensure_kinds_fit_the_groups(stack, groups, sources)
        yield from ensure_settings_are_the_kinds(stack, groups, sources)
        yield from ensure_cloud_volumes_are_backed(stack, groups, sources)
        yield from ensure_cloud_secrets_are_pinned(stack, groups, fleet, sources)
        yield from ensure_front_doors_lead_somewhere(stack, sources)
        yield from ensure_divided_groups_answer_requests(stack, groups, sources)
        yield from check_instances(stack, groups, sources)
    yield from ensure_callers_call_services(fleet, sources)


def ensure_regions_exist(stack: Stack, sources: Sources) -> Iterator[Fault]:
    """Cloud Run has each region."""
    known = limits().regions
    for index, region in enumerate(cloud_of(stack).regions):
        if region not in known:
            remedy = did_you_mean(region, known, "use one that `gcloud run regions list` prints")
            path = (*_AT, "regions", index)
            yield sources.stack_fault(stack.name, path, f"{region} is not a region of Cloud Run", remedy)


def ensure_services_are_of_groups(stack: Stack, groups: Sequence[ContainerGroup], sources: Sources) -> Iterator[Fault]:
    """Each configured service is a group of the stack, and a region has room for all of a kind."""
    cloud = cloud_of(stack)
    for name in cloud.services:
        if name not in stack.groups:
            yield _stranger(stack, name, ("services", name), sources)
    most = limits().services_per_region
    for kind, number in Counter(cloud.service(group.name).kind for group in groups).items():
        if number > most:
            problem = f"{number} groups of kind {kind} are too many; a region allows {most}"
            yield sources.stack_fault(stack.name, ("groups",), problem, "move some to another project")


def _stranger(stack: Stack, name: str, path: tuple[str, ...], sources: Sources) -> Fault:
    problem, has = f"{name} is not a group of {stack.name}", ", ".join(stack.groups) or "it has none"
    return sources.stack_fault(stack.name, (*_AT, *path), problem, f"name one of its groups ({has})")


def ensure_accounts_have_names(stack: Stack, groups: Sequence[ContainerGroup], sources: Sources) -> Iterator[Fault]:
    """Each group has a service account named after it; a longer name is an error, never truncated."""
    for index, group in enumerate(groups):
        name = cloud_of(stack).account_id(group.name)
        if len(name) > _ACCOUNT_ID_MAX:
            problem = f"its service account {name} has {len(name)} characters; an id has at most {_ACCOUNT_ID_MAX}"
            yield sources.stack_fault(stack.name, ("groups", index), problem, "shorten the group's name")


def ensure_kinds_fit_the_groups(stack: Stack, groups: Sequence[ContainerGroup], sources: Sources) -> Iterator[Fault]:
    """A service has a port, and no UDP port."""
    for group in groups:
        kind = cloud_of(stack).service(group.name).kind
        if group.is_job and kind is not Kind.JOB:
            path = (*_AT, "services", group.name, "kind")
            problem = f'"{kind}", but {group.name} runs once'
            yield sources.stack_fault(stack.name, path, problem, f'set it to "{Kind.JOB}"')
            continue
        if kind is not Kind.SERVICE:
            continue
        if not group.ports:
            problem = f"{group.name} has no port, so it cannot be a service"
            remedy = f'set it to "{Kind.WORKER_POOL}" or "{Kind.JOB}", or give the group a port'
            yield sources.stack_fault(stack.name, (*_AT, "services", group.name, "kind"), problem, remedy)
        if udp := next((key for key, port in group.ports.items() if port.protocol == "udp"), None):
            problem = f"udp is not supported on {stack.name}, which serves only HTTP"
            remedy = "use tcp, or keep the group on another machine"
            yield sources.group_fault(group.name, ("ports", udp, "protocol"), problem, remedy)


def ensure_settings_are_the_kinds(stack: Stack, groups: Sequence[ContainerGroup], sources: Sources) -> Iterator[Fault]:
    """No service sets what its kind lacks."""
    for group in groups:
        service = cloud_of(stack).service(group.name)
        for field, kinds in _OF_KINDS.items():
            if field in service.model_fields_set and service.kind not in kinds:
                key = CloudService.model_fields[field].alias or field
                problem = f"has no effect on {_KINDS[service.kind]}"
                yield sources.stack_fault(stack.name, (*_AT, "services", group.name, key), problem, "drop it")


def ensure_callers_call_services(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """No peer is a job or a worker pool."""
    for caller in fleet.groups.values():
        for index, ref in enumerate(caller.peers):
            provider = ref.partition("/")[0]
            home = fleet.home_of(provider)
            kind = home.machine.cloud.service(provider).kind if home and home.machine.cloud else Kind.SERVICE
            if home and kind in _KINDS:
                problem = f"{provider} is {_KINDS[kind]} on {home.name}, which serves no requests"
                path = f"machine.cloud.services.{provider}.kind"
                remedy = f'drop the peer, or set {path} of {home.name} to "{Kind.SERVICE}"'
                yield sources.group_fault(caller.name, ("peers", index), problem, remedy)


def ensure_cloud_volumes_are_backed(
    stack: Stack, groups: Sequence[ContainerGroup], sources: Sources
) -> Iterator[Fault]:
    """Data that outlives an instance has a backing, and a single-writer volume one with file locks."""
    services = cloud_of(stack).services
    mounts = [mount for group in groups for c in group.containers.values() for mount in c.mounts.items()]
    written = {volume for volume, mount in mounts if not mount.read_only}
    for group in groups:
        backings = services[group.name].volumes if group.name in services else {}
        for key in backings:
            if key not in group.volumes:
                problem = f"{key} is not a volume of {group.name}"
                has = ", ".join(group.volumes) or "it declares none"
                path = (*_AT, "services", group.name, "volumes", key)
                yield sources.stack_fault(stack.name, path, problem, f"name one of its volumes ({has})")
        for key, volume in group.volumes.items():
            wrong = _backing_problem(key, volume, backings.get(key), written=key in written)
            if wrong:
                yield sources.stack_fault(stack.name, (*_AT, "services", group.name, "volumes", key), *wrong)


def _backing_problem(key: str, volume: Volume, backing: Backing | None, *, written: bool) -> tuple[str, str] | None:
    single = volume.writers == "one"
    if backing is Backing.BUCKET and single and volume.kind is not VolumeKind.SCRATCH:
        problem = f'"{backing}" has no file locks, and {key} has a single writer, such as a database'
        return problem, f'set it to "{Backing.SQL}"'
    if backing is None and (volume.kind is VolumeKind.DATA or (volume.kind is VolumeKind.CACHE and written)):
        problem = f"{key} ({volume.kind}) has no backing; files of an instance are in memory and are lost with it"
        return (
            problem,
            f'set it to "{Backing.SQL if single else Backing.BUCKET}", or make it kind: {VolumeKind.SCRATCH}',
        )
    return None


def ensure_cloud_secrets_are_pinned(
    stack: Stack, groups: Sequence[ContainerGroup], fleet: Fleet, sources: Sources
) -> Iterator[Fault]:
    """Each secret in use has a version, and each version is in use."""
    versions = cloud_of(stack).secrets
    used = {name for group in groups for container in group.containers.values() for name in container.secrets}
    unused = (
        [name for name in versions if name not in used] if all(name in fleet.groups for name in stack.groups) else []
    )
    meant = {name: closest(name, used - versions.keys()) for name in unused}
    for group in groups:
        for key, container in group.containers.items():
            for name in container.secrets:
                is_misspelt = (name,) in meant.values()
                if name not in versions and not is_misspelt and not stack.stands_in_for(container):
                    problem = f"{name} has no version on {stack.name}"
                    remedy = f"add machine.cloud.secrets.{name} with its version to that stack"
                    within = ("containers", key, "secrets")
                    item = sources.key_of_item(group.name, within, name)
                    yield sources.group_fault(group.name, (*within, item), problem, remedy)
    for name, close in meant.items():
        remedy = f"did you mean {close[0]}?" if close else "drop it, or add it to containers.<name>.secrets of a group"
        path = (*_AT, "secrets", name)
        yield sources.stack_fault(stack.name, path, f"no group of {stack.name} uses {name}", remedy)


def ensure_front_doors_lead_somewhere(stack: Stack, sources: Sources) -> Iterator[Fault]:
    """A front door leads to a service that its load balancer may reach."""
    door = cloud_of(stack).front_door
    if door is None:
        return
    service = cloud_of(stack).service(door.group)
    if door.group not in stack.groups:
        yield _stranger(stack, door.group, ("front_door", "group"), sources)
    elif service.kind is not Kind.SERVICE:
        problem = f"{door.group} is {_KINDS[service.kind]}, which serves no requests"
        yield sources.stack_fault(stack.name, (*_AT, "front_door", "group"), problem, "name a service")
    elif service.ingress is Ingress.INTERNAL:
        problem = f'"{service.ingress}" blocks the load balancer of front_door'
        path = (*_AT, "services", door.group, "ingress")
        yield sources.stack_fault(stack.name, path, problem, f'set it to "{Ingress.LOAD_BALANCER}"')


def ensure_divided_groups_answer_requests(
    stack: Stack, groups: Sequence[ContainerGroup], sources: Sources
) -> Iterator[Fault]:
    """Only services divide requests between two versions."""
    for group in groups:
        divided = group.name in stack.rollouts and group.rollout.has_two_tracks
        if divided and cloud_of(stack).service(group.name).kind is not Kind.SERVICE:
            problem = f"{group.name} serves no requests on {stack.name}, so there are none to divide"
            remedy = "drop it; the next version replaces the current one"
            yield sources.stack_fault(stack.name, ("rollouts", group.name), problem, remedy)
