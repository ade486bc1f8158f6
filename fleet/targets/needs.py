"""Which features of the model a group needs, and which of them its target changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from fleet.model import MAIN, Container, ContainerGroup, Enforcement, Fleet, RolloutStrategy, Stack, Target, Tier
from fleet.network.tenants import names_as_peer, tenants_served
from fleet.targets.capabilities import CAPABILITIES, Feature, Level
from fleet.targets.surge import card_held_by_the_old_pod, volume_held_by_the_old_pod

Need = tuple[Feature, str]
"""A feature, and the path in the group's file that asks for it."""


def needs(group: ContainerGroup, stack: Stack, fleet: Fleet) -> Iterator[Need]:
    """Features a group needs on a stack; those that every group has, and every target does, are not among them."""
    for earlier in group.start_after:
        if earlier not in stack.groups and not stack.sandbox and fleet.home_of(earlier) is not None:
            yield Feature.CROSS_MACHINE_START, "start_after"
    if group.tenant:
        yield Feature.TENANTS, "tenant"
        if _reaches_more_than_its_peers(group, stack, fleet):
            yield Feature.SHARED_GROUP_FOR_ITS_PEERS_ALONE, "tenant"
    if group.outside:
        yield Feature.OUTSIDE, "outside"
    yield from _operation(group)
    here = [fleet.groups[name] for name in stack.groups if name in fleet.groups]
    held = volume_held_by_the_old_pod(group, stack, here)
    if held:
        yield Feature.ROLLING_WITH_A_VOLUME, f"volumes.{held}"
    elif card_held_by_the_old_pod(group, stack, here):
        yield Feature.ROLLING_WITH_A_CARD, "rollout"
    for key, container in group.containers.items():
        yield from _container(key, container, stack)
    for key, volume in group.volumes.items():
        if volume.size_mib is not None:
            yield Feature.VOLUME_SIZE, f"volumes.{key}.size"
        if volume.writers == "one":
            yield Feature.SINGLE_WRITER, f"volumes.{key}.writers"


def degradations(stack: Stack, fleet: Fleet) -> Mapping[Feature, tuple[str, ...]]:
    """Feature -> groups of a stack that get less than they ask for, or something else."""
    supported = CAPABILITIES.get(stack.machine.target, {})
    found: dict[Feature, dict[str, None]] = {}
    for name in stack.running:
        for feature, _ in needs(fleet.groups[name], stack, fleet):
            if feature in supported and supported[feature].level is Level.CHANGES:
                found.setdefault(feature, {})[name] = None
    return {feature: tuple(found[feature]) for feature in sorted(found)}


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
    if stack.machine.ignores_memory_limits:
        yield Feature.MEMORY_LIMIT, f"{path}.memory"
    if container.hardening.weakened:
        yield Feature.WEAKENED_HARDENING, f"{path}.hardening"
    if key != MAIN:
        yield Feature.SHARED_NETWORK_IDENTITY, path
    if container.restart == "on-failure":
        yield Feature.RESTART_LIMIT, f"{path}.restart"
    if container.secrets:
        yield Feature.SECRETS, f"{path}.secrets"
    if container.devices and not stack.runs_stand_ins:
        yield Feature.HOST_DEVICES, f"{path}.devices"
    if not container.has_agent_host and not container.health.command and not stack.runs_stand_ins:
        yield Feature.HTTP_HEALTH_OF_READY_IMAGE, f"{path}.health"
    if container.gpu and stack.gives_gpus:
        yield Feature.GPU, f"{path}.gpu"
        if container.gpu.enforcement is Enforcement.MPS and stack.machine.target is Target.KUBERNETES:
            yield Feature.MPS, f"{path}.gpu.enforcement"
        if container.gpu.limit_mib > container.gpu.request_mib:
            yield Feature.GPU_BURST, f"{path}.gpu.limit"


def _reaches_more_than_its_peers(group: ContainerGroup, stack: Stack, fleet: Fleet) -> bool:
    """Whether a shared group serves this one's tenant, and this one does not name it."""
    here = [fleet.groups[name] for name in stack.groups if name in fleet.groups]
    return any(
        group.tenant in tenants_served(shared, here) and not names_as_peer(group, shared.name) for shared in here
    )
