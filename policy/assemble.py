"""Registered resources to the StackView that rules judge."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from policy.containers import ContainerView
from policy.readers import READERS
from policy.readers.surroundings import (
    NETWORK,
    PROVIDER,
    VOLUME,
    docker_network,
    docker_volume,
    is_machine,
    machine,
    provider,
)
from policy.registered import Registered
from policy.stack import MachineView, StackView, VolumeView

_URN_PARTS = 4
"""`urn:pulumi:<stack>::<project>::<types>::<name>`; a provider's reference adds its id."""


def read_containers(resource: Registered, host: str = "") -> list[ContainerView]:
    """The containers a resource holds; none where its type has no reader."""
    reader = READERS.get(resource.type)
    views = reader(resource.name, resource.inputs) if reader else []
    return [replace(view, urn=resource.urn, host=host) for view in views]


def read_volume(resource: Registered) -> VolumeView | None:
    """The volume a resource is, if it is one."""
    return docker_volume(resource.name, resource.inputs) if resource.type == VOLUME else None


def stack_view(resources: Sequence[Registered]) -> StackView:
    """Everything rules may ask of a stack, read once."""
    machines = [(r.urn, machine(r.name, r.outputs)) for r in resources if is_machine(r.type)]
    hosts = _Hosts(resources, dict(machines))
    containers = [view for r in resources if r.type in READERS for view in read_containers(r, hosts.of(r))]
    volumes = [replace(view, host=hosts.of(r)) for r in resources if (view := read_volume(r))]
    names = [(resource.name, resource.urn) for resource in resources]
    return StackView(
        containers=tuple(containers),
        networks=tuple(docker_network(r.name, r.inputs) for r in resources if r.type == NETWORK),
        volumes=tuple(volumes),
        machines=tuple(view for _, view in machines),
        providers=tuple(provider(r.type, r.name, r.inputs) for r in resources if r.type.startswith(PROVIDER)),
        urns=_first_of([*((view.subject, view.urn) for view in containers), *names]),
    )


class _Hosts:
    """Finds what a resource runs on: the machine above it or above its provider, the only machine, or its provider."""

    def __init__(self, resources: Iterable[Registered], machines: Mapping[str, MachineView]) -> None:
        self._parents = {resource.urn: resource.parent for resource in resources}
        self._machines = machines

    def of(self, resource: Registered) -> str:
        provider_urn = "::".join(resource.provider.split("::")[:_URN_PARTS])
        for urn in (*self._upwards(resource.urn), *self._upwards(provider_urn)):
            if urn in self._machines:
                return self._machines[urn].subject
        if len(self._machines) == 1:
            return next(iter(self._machines.values())).subject
        return provider_urn

    def _upwards(self, urn: str) -> Iterator[str]:
        seen: set[str] = set()
        while urn and urn not in seen:
            yield urn
            seen.add(urn)
            urn = self._parents.get(urn, "")


def _first_of(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, urn in pairs:
        found.setdefault(name, urn)
    return found
