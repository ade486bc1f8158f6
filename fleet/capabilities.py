"""What each target cannot do, and why: the one map that judgement, plan and `fleet capabilities` read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from fleet.model import MAIN, ContainerGroup, Fleet, Stack, Target
from fleet.tenants import names_as_peer, tenants_served


class Feature(StrEnum):
    """Something a group may need of its target."""

    CROSS_MACHINE_START = "start after a group of another machine"
    HTTP_HEALTH_OF_READY_IMAGE = "HTTP health check of a ready image"
    PROCESS_LIMIT = "process limit of one container"
    SECRETS = "secrets"
    SHARED_GROUP_FOR_ITS_PEERS_ALONE = "shared group reached by its peers alone"
    SHARED_NETWORK_IDENTITY = "sidecar under the group's own name"
    VOLUME_SIZE = "volume size"


@dataclass(frozen=True, slots=True)
class Lack:
    """What a target does not do. A degradation is listed in the plan; anything else refuses the group."""

    reason: str
    degrades: bool


LACKS: Mapping[Target, Mapping[Feature, Lack]] = {
    Target.DOCKER: {
        Feature.CROSS_MACHINE_START: Lack(
            "a Docker daemon sees its own containers only; the group starts at once and waits for its peer itself",
            degrades=True,
        ),
        Feature.HTTP_HEALTH_OF_READY_IMAGE: Lack(
            "Docker runs health checks inside the container, and a ready image may lack the tool; give health.command",
            degrades=False,
        ),
        Feature.PROCESS_LIMIT: Lack(
            "the Docker provider has no pids limit; ulimit nproc caps all agents of the machine together",
            degrades=True,
        ),
        Feature.SECRETS: Lack(
            "Docker has no secret store of its own: a secret is a file in machine.secrets_folder, which the owner "
            "fills; a new value is seen once the container starts again",
            degrades=True,
        ),
        Feature.SHARED_NETWORK_IDENTITY: Lack(
            "a container inside another's network namespace loses its network when that one restarts; a sidecar has "
            "the name <group>-<sidecar> instead",
            degrades=True,
        ),
        Feature.SHARED_GROUP_FOR_ITS_PEERS_ALONE: Lack(
            "a tenant's groups are in one network, and so is what one of them shares with others; the tenant's other "
            "groups could reach it too, no other tenant's could",
            degrades=True,
        ),
        Feature.VOLUME_SIZE: Lack("Docker's local volumes have no quota; watch the disk", degrades=True),
    },
}


def needs(group: ContainerGroup, stack: Stack, fleet: Fleet) -> Iterator[tuple[Feature, str]]:
    """Features a group needs on a stack, with the path of what needs it."""
    for earlier in group.start_after:
        if earlier not in stack.groups and not stack.sandbox and fleet.home_of(earlier) is not None:
            yield Feature.CROSS_MACHINE_START, "start_after"
    if group.tenant and _reaches_more_than_its_peers(group, stack, fleet):
        yield Feature.SHARED_GROUP_FOR_ITS_PEERS_ALONE, "tenant"
    for key, container in group.containers.items():
        path = f"containers.{key}"
        yield Feature.PROCESS_LIMIT, path
        if key != MAIN:
            yield Feature.SHARED_NETWORK_IDENTITY, path
        if container.secrets:
            yield Feature.SECRETS, f"{path}.secrets"
        if container.image and not container.health.command and not stack.runs_stand_ins:
            yield Feature.HTTP_HEALTH_OF_READY_IMAGE, f"{path}.health"
    for key, volume in group.volumes.items():
        if volume.size_mib is not None:
            yield Feature.VOLUME_SIZE, f"volumes.{key}.size"


def _reaches_more_than_its_peers(group: ContainerGroup, stack: Stack, fleet: Fleet) -> bool:
    """Whether a shared group serves this one's tenant, and this one does not name it."""
    here = [fleet.groups[name] for name in stack.groups if name in fleet.groups]
    return any(
        group.tenant in tenants_served(shared, here) and not names_as_peer(group, shared.name) for shared in here
    )


def degradations(stack: Stack, fleet: Fleet) -> Mapping[Feature, tuple[str, ...]]:
    """Feature -> groups of a stack that get less than they ask for."""
    lacks = LACKS.get(stack.machine.target, {})
    found: dict[Feature, dict[str, None]] = {}
    for name in stack.groups:
        for feature, _ in needs(fleet.groups[name], stack, fleet):
            if feature in lacks and lacks[feature].degrades:
                found.setdefault(feature, {})[name] = None
    return {feature: tuple(found[feature]) for feature in sorted(found)}
