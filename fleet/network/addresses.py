"""The address book: every endpoint of the fleet, its users, and its names.

On its own machine an endpoint is `<group>:<port>`. On another machine it is `<machine>-<group>:<host port>`, or
`<machine>-<service>` for a role. That name resolves to the machine's LAN address, where the port is published if
another machine needs it. `fleet.targets.registry.url_of` gives its URL. All addresses are computed from the files,
before any deployment.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from fleet.model import MAIN, ContainerGroup, Fleet, Port, Stack

DISCOVERY = "discovery"
OBSERVABILITY = "observability"
SHARED_SERVICES = (DISCOVERY, OBSERVABILITY)
"""Roles that every group uses on the other machines of its system."""


def container_name(group: str, key: str) -> str:
    """Host name of a container on its machine: `<group>` for the main one, `<group>-<key>` for a sidecar."""
    return group if key == MAIN else f"{group}-{key}"


SHARING = "gpu-sharing"
"""Prefix of MPS daemons and their folders; no group has it."""


def sharing_name(card: str) -> str:
    """Host name of a card's MPS daemon: `gpu-sharing-gpu0`."""
    return f"{SHARING}-{card}"


def elsewhere_name(machine: str, group: str, port: Port) -> str:
    """Host name of a port on other machines: `<machine>-<service>` for a role, else `<machine>-<group>`."""
    return f"{machine}-{port.service or group}"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A port of a group on its machine."""

    group: str
    key: str
    port: Port
    stack: Stack
    tenant: str | None = None

    @property
    def ref(self) -> str:
        """Reference in `peers`: `<group>`, or `<group>/<port>` for other than the main port."""
        return self.group if self.key == MAIN else f"{self.group}/{self.key}"

    @property
    def name_elsewhere(self) -> str:
        """Host name on other machines."""
        return elsewhere_name(self.stack.machine.name, self.group, self.port)


@dataclass(frozen=True, slots=True)
class Use:
    """A group that needs an endpoint."""

    group: str
    stack: Stack
    endpoint: Endpoint

    @property
    def crosses_machines(self) -> bool:
        """Whether the endpoint is on another machine."""
        return self.stack.name != self.endpoint.stack.name


class AddressBook:
    """Endpoints of some stacks: the fleet's members, or one sandbox."""

    def __init__(self, stacks: tuple[Stack, ...], groups: Mapping[str, ContainerGroup]) -> None:
        self._stacks = stacks
        self.groups = groups

    @classmethod
    def of(cls, fleet: Fleet, stack: Stack) -> AddressBook:
        """The book of a stack's containers: a sandbox's contains only itself."""
        return cls((stack,) if stack.sandbox else fleet.members, fleet.groups)

    @cached_property
    def endpoints(self) -> Mapping[str, Endpoint]:
        """Endpoints by reference: `<group>/<port>`, and `<group>` for the main port."""
        endpoints: dict[str, Endpoint] = {}
        for stack in self._stacks:
            for group in self._placed(stack):
                for key, port in group.ports.items():
                    endpoint = Endpoint(group.name, key, port, stack, group.tenant)
                    endpoints |= {endpoint.ref: endpoint, f"{group.name}/{key}": endpoint}
        return endpoints

    @cached_property
    def uses(self) -> tuple[Use, ...]:
        """Declared peers, and shared services of the system's other machines."""
        return tuple(self._find_uses())

    @cached_property
    def published(self) -> Mapping[str, tuple[Endpoint, ...]]:
        """Stack name -> its endpoints that another machine needs, sorted by reference."""
        crossing = {use.endpoint.ref: use.endpoint for use in self.uses if use.crosses_machines}
        return {
            stack.name: tuple(crossing[ref] for ref in sorted(crossing) if crossing[ref].stack.name == stack.name)
            for stack in self._stacks
        }

    def used_by(self, group: str) -> tuple[Endpoint, ...]:
        """Endpoints that a group needs, sorted by reference."""
        return self._by_group.get(group, ())

    def users_of(self, endpoint: Endpoint) -> tuple[str, ...]:
        """Other machines that need an endpoint."""
        return tuple(
            sorted({u.stack.machine.name for u in self.uses if u.crosses_machines and u.endpoint.ref == endpoint.ref})
        )

    def services(self, service: str) -> tuple[Endpoint, ...]:
        """The endpoints with a role, one per machine at most."""
        return tuple(endpoint for endpoint in self._with_roles if endpoint.port.service == service)

    def services_elsewhere(self, group: ContainerGroup, stack: Stack) -> tuple[Endpoint, ...]:
        """Shared services that a group uses on other machines: those of its system; none for a tenant."""
        return tuple(
            endpoint
            for service in SHARED_SERVICES
            for endpoint in self.services(service)
            if endpoint.stack.name != stack.name
            and group.tenant is None
            and self.groups[endpoint.group].system == group.system
        )

    @cached_property
    def _by_group(self) -> Mapping[str, tuple[Endpoint, ...]]:
        by_group: dict[str, dict[str, Endpoint]] = {}
        for use in self.uses:
            by_group.setdefault(use.group, {})[use.endpoint.ref] = use.endpoint
        return {group: tuple(used[ref] for ref in sorted(used)) for group, used in by_group.items()}

    @cached_property
    def _with_roles(self) -> tuple[Endpoint, ...]:
        return tuple({e.ref: e for e in self.endpoints.values() if e.port.service}.values())

    def _find_uses(self) -> Iterator[Use]:
        for stack in self._stacks:
            for group in self._placed(stack):
                declared = [self.endpoints[ref] for ref in group.peers if ref in self.endpoints]
                needed = [*declared, *self.services_elsewhere(group, stack)]
                yield from (Use(group.name, stack, endpoint) for endpoint in needed)

    def _placed(self, stack: Stack) -> list[ContainerGroup]:
        return [self.groups[name] for name in stack.groups if name in self.groups]
