"""The features that a group needs, and those that its target changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from fleet.model import MAIN, Container, ContainerGroup, Fleet, RolloutStrategy, Stack, Tier
from fleet.model.port import LOCALHOST
from fleet.model.volume import VELERO
from fleet.network.tenants import names_as_peer, tenants_served
from fleet.targets.features import Feature, Level, Need
from fleet.targets.registry import target_of


def needs(group: ContainerGroup, stack: Stack, fleet: Fleet) -> Iterator[Need]:
    """Features a group needs on a stack, except those that all groups have and all targets support."""
    for earlier in group.start_after:
        if earlier not in stack.groups and not stack.sandbox and fleet.home_of(earlier) is not None:
            yield Feature.CROSS_MACHINE_START, "start_after"
    if group.tenant:
        yield Feature.TENANTS, "tenant"
        served = tenants_served(fleet.placed(stack))
        if not all(names_as_peer(group, name) for name, tenants in served.items() if group.tenant in tenants):
            yield Feature.SHARED_GROUP_FOR_ITS_PEERS_ALONE, "tenant"
    if group.hosts:
        yield Feature.EXTRA_HOSTS, "hosts"
    if group.outside:
        yield Feature.OUTSIDE, "outside"
    for key, port in group.ports.items():
        if port.publish and not stack.sandbox and not target_of(stack).opens_for_people(key, group, stack):
            feature = Feature.LOCAL_PORTS if port.publish == LOCALHOST else Feature.PEOPLE
            yield feature, f"ports.{key}.publish"
    yield from _operation(group)
    for key, container in group.containers.items():
        yield from _container(key, container, stack)
        if container.once:
            yield Feature.RUN_FIRST if key != MAIN else Feature.RUN_ONCE, f"containers.{key}.run"
        elif container.restart != "always" and not target_of(stack).runs_to_its_end(stack, group.name):
            restart = Feature.NO_RESTART if container.restart == "no" else Feature.RESTART_LIMIT
            yield restart, f"containers.{key}.restart"
    for key, volume in group.volumes.items():
        if volume.size_mib is not None:
            yield Feature.VOLUME_SIZE, f"volumes.{key}.size"
        if volume.writers == "one":
            yield Feature.SINGLE_WRITER, f"volumes.{key}.writers"
        if volume.backup and volume.backup.by == VELERO:
            yield Feature.VELERO, f"volumes.{key}.backup.by"
    yield from target_of(stack).needs(group, stack, fleet)


def degradations(stack: Stack, fleet: Fleet) -> Mapping[Feature, tuple[str, ...]]:
    """Feature -> groups of a stack for which the target handles it differently."""
    supported = target_of(stack).capabilities
    needed = {name: {feature for feature, _ in needs(fleet.groups[name], stack, fleet)} for name in stack.running}
    changed = [f for f in sorted(set().union(*needed.values())) if supported[f].level is Level.CHANGES]
    return {feature: tuple(name for name in stack.running if feature in needed[name]) for feature in changed}


def _operation(group: ContainerGroup) -> Iterator[Need]:
    if group.scaling.max > 1:
        yield Feature.COPIES, "scaling"
    if group.scaling.signals:
        yield Feature.SIGNALS, "scaling.signals"
    if group.tier is not Tier.STANDARD:
        yield Feature.TIER, "tier"
    if group.rollout.has_two_tracks:
        yield Feature.TWO_TRACKS, "rollout.strategy"
    elif "rollout" in group.model_fields_set and group.rollout.strategy is RolloutStrategy.ROLLING:
        yield Feature.ROLLING, "rollout"


def _container(key: str, container: Container, stack: Stack) -> Iterator[Need]:
    path = f"containers.{key}"
    yield Feature.PROCESS_LIMIT, path
    if "open_files" in container.hardening.model_fields_set:
        yield Feature.OPEN_FILES, f"{path}.hardening.open_files"
    if "shared_memory_mib" in container.model_fields_set:
        yield Feature.SHARED_MEMORY, f"{path}.shared_memory"
    if container.tty and not stack.stands_in_for(container):
        yield Feature.TERMINAL, f"{path}.tty"
    if container.hardening.host_network:
        yield Feature.HOST_NETWORK, f"{path}.hardening.host_network"
    if container.hardening.weakened:
        yield Feature.WEAKENED_HARDENING, f"{path}.hardening"
    if key != MAIN:
        yield Feature.SHARED_NETWORK_IDENTITY, path
    if container.secret_files:
        yield Feature.SECRETS, f"{path}.secrets"
    if container.secret_env and not stack.stands_in_for(container):
        yield Feature.SECRET_VARIABLES, f"{path}.secrets"
    if container.devices and not stack.runs_stand_ins:
        yield Feature.HOST_DEVICES, f"{path}.devices"
    has_own_check = not container.once and not stack.stands_in_for(container)
    if not container.has_agent_host and not container.health.command and has_own_check:
        yield Feature.HTTP_HEALTH_OF_READY_IMAGE, f"{path}.health"
    if container.health.by_command and has_own_check:
        yield Feature.HEALTH_COMMAND, f"{path}.health.command"
    if container.gpu and stack.gives_gpus:
        yield Feature.GPU, f"{path}.gpu"
        if container.gpu.limit_mib > container.gpu.request_mib:
            yield Feature.GPU_BURST, f"{path}.gpu.limit"
