"""Cloud Run: what a stack says of groups, volumes, secrets and addresses there fits together, and can be had."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from fleet.model import Cloud, ContainerGroup, Fleet, Stack
from fleet.model.cloud import Backing, Ingress, Kind
from fleet.model.volume import Volume, VolumeKind
from fleet.source.faults import Fault
from fleet.source.locations import Sources
from fleet.targets.cloudrun.instance_checks import check_instances
from fleet.targets.cloudrun.limits import limits

_ACCOUNT_ID_MAX = 30
"""Characters of a service account's id, of which there are 6 at the least."""
_AT = ("machine", "cloud")
_WHAT = {Kind.JOB: "a job", Kind.WORKER_POOL: "a worker pool"}


def check(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """Every fault of the stacks that run on Cloud Run."""
    yield from ensure_services_are_of_groups(fleet, sources)
    yield from ensure_accounts_have_names(fleet, sources)
    yield from ensure_kinds_fit_the_groups(fleet, sources)
    yield from ensure_cloud_volumes_are_backed(fleet, sources)
    yield from ensure_cloud_secrets_are_pinned(fleet, sources)
    yield from ensure_front_doors_lead_somewhere(fleet, sources)
    yield from ensure_divided_groups_answer_requests(fleet, sources)
    yield from check_instances(fleet, sources)


def _clouds(fleet: Fleet) -> Iterator[tuple[Stack, Cloud, list[ContainerGroup]]]:
    for stack in fleet.stacks.values():
        if stack.machine.cloud:
            yield stack, stack.machine.cloud, fleet.placed(stack)


def ensure_services_are_of_groups(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """Whoever is described is a group of the stack, and a region has room for all of a kind."""
    for stack, cloud, groups in _clouds(fleet):
        for name in cloud.services:
            if name not in stack.groups:
                problem = f"{name} is no group of {stack.name}"
                has = ", ".join(stack.groups) or "it has none"
                yield sources.stack_fault(
                    stack.name, (*_AT, "services", name), problem, f"name one of its groups ({has})"
                )
        most = limits().services_per_region
        for kind, count in Counter(cloud.service(group.name).kind for group in groups).items():
            if count > most:
                problem = f"{count} of the kind {kind} are too many for a region, with {most} at the most"
                yield sources.stack_fault(stack.name, ("groups",), problem, "move some to another project")


def ensure_accounts_have_names(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """Each group has a service account of its name: too long is an error, never cut."""
    for stack, cloud, groups in _clouds(fleet):
        for index, group in enumerate(groups):
            name = cloud.account_id(group.name)
            if len(name) > _ACCOUNT_ID_MAX:
                problem = f"{name}, its service account, has {len(name)} characters, and an id takes {_ACCOUNT_ID_MAX}"
                yield sources.stack_fault(stack.name, ("groups", index), problem, "shorten the group's name")


def ensure_kinds_fit_the_groups(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """A service answers on a port, and nobody calls what answers nobody."""
    for stack, cloud, groups in _clouds(fleet):
        for group in groups:
            service = cloud.service(group.name)
            at = (*_AT, "services", group.name, "kind")
            if service.kind is Kind.SERVICE and not group.ports:
                problem = f"{group.name} has no port, so it is no service"
                remedy = f'set it to "{Kind.WORKER_POOL}" or "{Kind.JOB}", or give the group a port'
                yield sources.stack_fault(stack.name, at, problem, remedy)
            udp = [key for key, port in group.ports.items() if port.protocol == "udp"]
            if service.kind is Kind.SERVICE and udp:
                problem = f"udp cannot be had on {stack.name}, which answers HTTP alone"
                path = ("ports", udp[0], "protocol")
                yield sources.group_fault(group.name, path, problem, "use tcp, or keep the group on another machine")
    yield from _faults_of_callers(fleet, sources)


def _faults_of_callers(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    for caller in fleet.groups.values():
        for index, ref in enumerate(caller.peers):
            provider = ref.partition("/")[0]
            home = fleet.home_of(provider)
            cloud = home.machine.cloud if home else None
            kind = cloud.service(provider).kind if cloud else Kind.SERVICE
            if home and kind in _WHAT:
                problem = f"{provider} is {_WHAT[kind]} on {home.name}, which answers nobody"
                remedy = (
                    f'drop the peer, or set machine.cloud.services.{provider}.kind of {home.name} to "{Kind.SERVICE}"'
                )
                yield sources.group_fault(caller.name, ("peers", index), problem, remedy)


def ensure_cloud_volumes_are_backed(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """What must outlive an instance lies elsewhere; what takes one writer needs locks, which a bucket has not."""
    for stack, cloud, groups in _clouds(fleet):
        written = {
            volume for g in groups for c in g.containers.values() for volume, m in c.mounts.items() if not m.read_only
        }
        for group in groups:
            named = cloud.services[group.name].volumes if group.name in cloud.services else {}
            at = (*_AT, "services", group.name, "volumes")
            for volume in named:
                if volume not in group.volumes:
                    problem = f"{volume} is no volume that {group.name} declares"
                    has = ", ".join(group.volumes) or "it declares none"
                    yield sources.stack_fault(stack.name, (*at, volume), problem, f"name one of its own ({has})")
            for key, volume_spec in group.volumes.items():
                yield from _backing_faults(stack, group, key, volume_spec, named.get(key), key in written, sources)


def _backing_faults(
    stack: Stack,
    group: ContainerGroup,
    key: str,
    volume: Volume,
    backing: Backing | None,
    written: bool,
    sources: Sources,
) -> Iterator[Fault]:
    at = (*_AT, "services", group.name, "volumes", key)
    single = volume.writers == "one"
    if backing is Backing.BUCKET and single and volume.kind is not VolumeKind.SCRATCH:
        problem = f'"{backing}" locks no files, and {key} takes one writer, such as a database file'
        yield sources.stack_fault(stack.name, at, problem, f'set it to "{Backing.SQL}"')
    lasts = volume.kind is VolumeKind.DATA or (volume.kind is VolumeKind.CACHE and written)
    if backing is None and lasts:
        problem = f"{key} ({volume.kind}) lies nowhere: an instance's own disk is its memory, and goes with it"
        remedy = f'set it to "{Backing.SQL if single else Backing.BUCKET}", or make it kind: {VolumeKind.SCRATCH}'
        yield sources.stack_fault(stack.name, at, problem, remedy)


def ensure_cloud_secrets_are_pinned(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """A secret that is used has a version, and one that has a version is used."""
    for stack, cloud, groups in _clouds(fleet):
        used: set[str] = set()
        for group in groups:
            for key, container in group.containers.items():
                used.update(container.secrets)
                for index, name in enumerate(container.secrets):
                    if name not in cloud.secrets and not stack.runs_stand_ins:
                        problem = f"{name} has no version on {stack.name}"
                        remedy = f"add machine.cloud.secrets.{name} with its version to that stack"
                        path = ("containers", key, "secrets", index)
                        yield sources.group_fault(group.name, path, problem, remedy)
        complete = all(name in fleet.groups for name in stack.groups)
        for name in cloud.secrets:
            if name not in used and complete:
                problem = f"{name} is used by no group of {stack.name}"
                remedy = "drop it, or name it under containers.<name>.secrets of a group"
                yield sources.stack_fault(stack.name, (*_AT, "secrets", name), problem, remedy)


def ensure_front_doors_lead_somewhere(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """Behind a front door is a service that a load balancer may reach."""
    for stack, cloud, _ in _clouds(fleet):
        door = cloud.front_door
        if door is None:
            continue
        service = cloud.service(door.group)
        if door.group not in stack.groups:
            problem = f"{door.group} is no group of {stack.name}"
            remedy = f"name one of its groups ({', '.join(stack.groups) or 'it has none'})"
            yield sources.stack_fault(stack.name, (*_AT, "front_door", "group"), problem, remedy)
        elif service.kind is not Kind.SERVICE:
            problem = f"{door.group} is {_WHAT[service.kind]}, which answers nobody"
            yield sources.stack_fault(stack.name, (*_AT, "front_door", "group"), problem, "name a service")
        elif service.ingress is Ingress.INTERNAL:
            problem = f'"{service.ingress}" shuts out the load balancer of front_door'
            path = (*_AT, "services", door.group, "ingress")
            yield sources.stack_fault(stack.name, path, problem, f'set it to "{Ingress.LOAD_BALANCER}"')


def ensure_divided_groups_answer_requests(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """Requests are divided between two versions of a service, and of nothing else."""
    for stack, cloud, groups in _clouds(fleet):
        for group in groups:
            divided = group.name in stack.rollouts and group.rollout.has_two_tracks
            if divided and cloud.service(group.name).kind is not Kind.SERVICE:
                problem = f"{group.name} answers no requests on {stack.name}, so none can be divided"
                remedy = "drop it: its next version takes its place"
                yield sources.stack_fault(stack.name, ("rollouts", group.name), problem, remedy)
