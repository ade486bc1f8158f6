"""Where a policy result points: the line of the group's or the stack's file that decides the field."""

from __future__ import annotations

from cli.preview.program import Run
from fleet.model import Track
from fleet.plan.deployment import PlannedContainer
from policy.engine.judge import Verdict

_HARDENING = "hardening"
_TRACKS = ("", *(f"-{track}" for track in Track))
_PATHS: dict[str, tuple[str, ...]] = {
    "user": (_HARDENING, "run_as"),
    "groups": (_HARDENING, "run_as"),
    "non_root": (_HARDENING, "run_as"),
    "capabilities_added": (_HARDENING, "capabilities"),
    "capabilities_dropped": (_HARDENING, "capabilities"),
    "read_only_root": (_HARDENING, "read_only_root"),
    "no_new_privileges": (_HARDENING, "no_new_privileges"),
    "seccomp": (_HARDENING, "seccomp"),
    "host_ipc": (_HARDENING, "host_ipc"),
    "memory_limit_mib": ("memory", "limit"),
    "memory_request_mib": ("memory", "request"),
    "shared_memory_mib": ("shared_memory",),
    "cpu_limit": ("cpu", "limit"),
    "cpu_request": ("cpu", "request"),
    "image": ("image",),
    "pull_policy": ("image",),
    "args": ("command",),
    "env": ("env",),
    "env_secrets": ("secrets",),
    "mounts": ("mounts",),
    "devices": ("devices",),
    "health_check": ("health",),
    "probes": ("health",),
    "probe_hosts": ("health",),
    "stop_grace_s": ("stop_grace",),
    "restart": ("restart",),
    "gpu": ("gpu",),
    "devices_asked": ("gpu",),
    "gpu_runtime": ("gpu",),
}
"""Field of a container view -> path inside a container of a group's file."""

_OF_GROUP: dict[str, tuple[str, ...]] = {
    "ports": ("ports",),
    "container_ports": ("ports",),
    "replicas": ("scaling", "min"),
    "most": ("scaling", "max"),
    "strategy": ("rollout",),
    "surge": ("rollout", "surge"),
    "kind": ("rollout",),
    "volumes": ("volumes",),
    "namespace": ("tenant",),
    "network_policies": ("peers",),
    "egress": ("peers",),
    "ingress": ("ports",),
}
"""Field of any view of a group's resource -> path in the group's file."""

_OF_STACK: dict[str, tuple[str, ...]] = {
    "process_limit": ("machine", "process_limit"),
    "networks": ("machine", "network"),
    "network_mode": ("machine", "network"),
    "subnets": ("machine", "network", "subnet"),
    "memory_mib": ("machine", "memory"),
    "memory_enforced": ("machine", "memory_enforced"),
    "lan_address": ("machine", "lan_address"),
    "cards": ("machine", "gpus"),
    "pools": ("machine", "cluster", "node_pools"),
    "host": ("machine", "connection"),
    "monthly_cost_usd": ("monthly_budget_usd",),
    "hosts": ("machine", "cluster", "entrance"),
    "tls_hosts": ("machine", "cluster", "entrance"),
    "backends": ("machine", "cluster", "entrance"),
}
"""Field of a view -> path in the stack's file, where that decides it whatever the resource."""

_OF_SERVICE = (
    "ingress", "members", "instances_max", "instances_min", "instances_min_each", "concurrency", "cpu_idle", "egress",
    "traffic", "gpu", "attested", "execution_environment", "timeout_s",
)  # fmt: skip
"""Fields of a service of Cloud Run that its stack decides, group by group."""


def place_of(verdict: Verdict, run: Run) -> str | None:
    """`file:line` of what a verdict is about: a group's file, else the stack's; None for what neither describes."""
    sources, stack = run.project.sources, run.deployment.stack
    container = container_of(verdict.resource, run)
    if verdict.field in _OF_STACK and (container or not _group_of(verdict.resource, run)):
        return sources.place_of_stack(stack, _in_stack(verdict.field, run))
    if container is not None:
        return sources.place_of_group(container.group, _of_container(container, verdict.field, run))
    return _of_resource(verdict, run)


def path_of(key: str, field: str) -> tuple[str, ...]:
    """Path in a group's file of what decides a field; the container's own where no single key does."""
    return _OF_GROUP["ports"] if field in ("ports", "container_ports") else ("containers", key, *_PATHS.get(field, ()))


def _of_container(container: PlannedContainer, field: str, run: Run) -> tuple[str, ...]:
    path = path_of(container.key, field)
    group = run.project.fleet.groups.get(container.group)
    # Who builds an image says so in place of naming one.
    if field == "image" and group and group.containers[container.key].build:
        return ("containers", container.key, "build")
    return path


def _in_stack(field: str, run: Run) -> tuple[str, ...]:
    machine = run.deployment.machine
    if field == "monthly_cost_usd" and machine.cloud and machine.cloud.budget:
        return ("machine", "cloud", "budget", "monthly_usd")
    return ("machine", "cluster", "node_pools") if field == "memory_mib" and machine.cluster else _OF_STACK[field]


def _of_resource(verdict: Verdict, run: Run) -> str | None:
    """The place of a resource that is no container: its volume, its group, or what its stack says of it."""
    sources, stack, name = run.project.sources, run.deployment.stack, verdict.resource
    if "/" in name:
        # A container that somebody else put into a pod.
        return None
    if volume := _volume_of(name, run):
        key, owner = volume
        if verdict.field == "device":
            return sources.place_of_stack(stack, ("machine", "binds", key))
        return sources.place_of_group(owner, ("volumes", key)) or sources.place_of_stack(stack, ("machine",))
    group = _group_of(name, run)
    if group and run.deployment.machine.cloud and verdict.field in _OF_SERVICE:
        return sources.place_of_stack(stack, ("machine", "cloud", "services", group))
    if group and verdict.field in _OF_STACK:
        return sources.place_of_stack(stack, _in_stack(verdict.field, run))
    if group:
        return sources.place_of_group(group, _OF_GROUP.get(verdict.field, ()))
    if name == stack or name.startswith(f"{stack}-"):
        return sources.place_of_stack(stack, _part_of_stack(name, run))
    return None


def _volume_of(name: str, run: Run) -> tuple[str, str] | None:
    """(key, group) of the volume that a resource is."""
    stack = run.deployment.stack
    for key, volume in run.deployment.volumes.items():
        own = (f"{stack}-volume-{key}-volume", f"{stack}-volume-{key}-claim", f"{stack}-volume-{key}", f"{stack}-{key}")
        if name in own:
            return key, volume.group
    return None


def _group_of(name: str, run: Run) -> str | None:
    """The group whose a resource is by its logical name; the longest that fits."""
    rest = name.removeprefix(f"{run.deployment.stack}-")
    groups = [group.name for group in run.deployment.groups]
    fitting = [group for group in groups if rest == group or rest.startswith(f"{group}-")]
    return max(fitting, key=len, default=None) if rest != name else None


def _part_of_stack(name: str, run: Run) -> tuple[str, ...]:
    """What of a stack's file a resource that groups share comes from."""
    stack, machine = run.deployment.stack, run.deployment.machine
    if name in (f"{stack}-daemon", f"{stack}-api"):
        return ("machine", "connection")
    tenant = next((t for t in machine.tenants if name.startswith(f"{stack}-network-{t}")), None)
    if tenant:
        return ("machine", "tenants", tenant)
    if name.startswith(f"{stack}-network"):
        return ("machine", "network")
    return ("machine", *(part for part in ("cluster", "cloud") if getattr(machine, part)))


def container_of(resource: str, run: Run) -> PlannedContainer | None:
    """The planned container that a container's view, by its logical name, is of; None for one of no group."""
    cloud = run.deployment.machine.cloud
    for container in run.deployment.containers:
        group = f"{run.deployment.stack}-{container.group}"
        pods = (f"{group}{track}-pods/{container.key}" for track in _TRACKS)
        services = (f"{group}-{region}/{container.key}" for region in (cloud.regions if cloud else ()))
        if resource in (f"{group}-{container.key}", *pods, *services):
            return container
    return None
