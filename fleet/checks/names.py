"""Names on one machine are unique and valid DNS labels, and each role has one endpoint."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from fleet.model import Fleet, Stack
from fleet.network.addresses import SHARING, container_name, elsewhere_name, sharing_name
from fleet.source.faults import Fault
from fleet.source.locations import Sources
from fleet.targets.registry import target_of

DNS_LABEL_MAX = 63
"""Characters of a host name, by RFC 1035."""

_IP6_HOSTS = tuple(
    f"ip6-{name}" for name in ("localhost", "loopback", "localnet", "mcastprefix", "allnodes", "allrouters")
)
_HOSTS = {
    **dict.fromkeys(("localhost", *_IP6_HOSTS), "a name in /etc/hosts of every container"),
    **dict.fromkeys(("metadata", "instance-data"), "a name of the metadata service of a cloud's machines"),
}
"""Host name -> what it resolves to instead of a container."""


def ensure_container_names_are_unique(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """A container's name is its address: none is that of another container of its mode, or of an MPS daemon."""
    for stack in fleet.stacks.values():
        daemons = {sharing_name(card): f"the MPS daemon of {card}" for card in stack.shared_cards}
        named = [(container_name(group.name, key), group.name, key) for _, group, key, _ in fleet.containers((stack,))]
        for name, group, key in named:
            if name in daemons:
                yield _taken("container", name, daemons[name], group, key, stack, sources)
        for name, owner, group, key in _shared(named, stack):
            yield _taken("container", name, owner, group, key, stack, sources)


def _shared(named: Iterable[tuple[str, str, str]], stack: Stack) -> Iterator[tuple[str, str, str, str]]:
    """(name, owner, group, key) of each container with the name of an earlier one that some mode runs it with."""
    owners: dict[str, list[tuple[str, str]]] = {}
    for name, group, key in named:
        earlier = owners.setdefault(name, [])
        if owner := next((where for other, where in earlier if stack.run_together(other, group)), None):
            yield name, owner, group, key
        earlier.append((group, f"{group}.{key}"))


def _taken(what: str, name: str, owner: str, group: str, key: str, stack: Stack, sources: Sources) -> Fault:
    problem = f"its {what} name {name} on {stack.name} is already used by {owner}"
    return sources.group_fault(group, ("containers", key), problem, "rename the sidecar or the group")


def ensure_names_are_not_reserved(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """Containers have no name that resolves to another host, and no container or volume that of an MPS daemon."""
    for name, group in fleet.groups.items():
        named = [(("containers", key), container_name(name, key)) for key in group.containers]
        named += [(("volumes", volume), volume) for volume in group.volumes]
        for path, text in named:
            if text == SHARING or text.startswith(f"{SHARING}-"):
                problem = f"{text} is a name of the project's own, for the sharing of GPUs"
                yield sources.group_fault(name, path, problem, "use another name")
            elif path[0] == "containers" and text in _HOSTS:
                yield sources.group_fault(name, path, f"{text} is {_HOSTS[text]}", "use another name")


def ensure_resource_names_are_unique(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """A container is registered as `<group>-<key>`: `a` with `b-main` and `a-b` would share a name."""
    for stack in fleet.stacks.values():
        named = [(f"{group.name}-{key}", group.name, key) for _, group, key, _ in fleet.containers((stack,))]
        for name, owner, group, key in _shared(named, stack):
            yield _taken("resource", name, owner, group, key, stack, sources)


def ensure_names_fit_dns(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """Every container and endpoint name is a DNS label; a longer one is refused, never truncated."""
    for stack, group, key, _ in fleet.containers(fleet.stacks.values()):
        prefix = f"{stack.machine.name}-" if stack.sandbox else ""
        yield from _too_long(stack, group.name, ("containers", key), prefix + container_name(group.name, key), sources)
    for stack, group, key, port in fleet.ports(fleet.members):
        name = elsewhere_name(stack.machine.name, group.name, port)
        yield from _too_long(stack, group.name, ("ports", key), name, sources)


def ensure_names_elsewhere_are_unique(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """`<machine>-<group>` is one host: `main` with `pc-x` and `main-pc` with `x` would share a name."""
    owners: dict[str, str] = {}
    for stack, group, key, port in fleet.ports(fleet.members):
        name = elsewhere_name(stack.machine.name, group.name, port)
        owner = owners.setdefault(name, stack.name)
        # Machines of one name are a fault of their own.
        if owner != stack.name and fleet.stacks[owner].machine.name != stack.machine.name:
            problem = f"its name on other machines, {name}, is already used by {owner}"
            yield sources.group_fault(group.name, ("ports", key), problem, "rename the group or the machine")
        elif name in _HOSTS:
            problem = f"its name on other machines, {name}, is {_HOSTS[name]}"
            yield sources.group_fault(group.name, ("ports", key), problem, "rename the group or the machine")


def ensure_containers_hide_no_endpoint(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """No container is named like an endpoint of another machine, `<machine>-<group>`: one would hide the other."""
    elsewhere = {
        elsewhere_name(stack.machine.name, group.name, port): (stack.name, f"{group.name}.ports.{key}")
        for stack, group, key, port in fleet.ports(fleet.members)
    }
    for stack, group, key, _ in fleet.containers(fleet.members):
        name = container_name(group.name, key)
        home, endpoint = elsewhere.get(name, (stack.name, ""))
        if home != stack.name:
            problem = f"{name} on {stack.name} is also the name of {endpoint} of {home} there"
            yield sources.group_fault(group.name, ("containers", key), problem, "rename the group or sidecar")


def ensure_hosts_hide_no_endpoint(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """No group's own host name is that of a container of its machine, or of an endpoint of the fleet."""
    elsewhere = {elsewhere_name(s.machine.name, group.name, port) for s, group, _, port in fleet.ports(fleet.members)}
    for stack in fleet.stacks.values():
        with_hosts = [group for group in fleet.placed(stack) if group.hosts]
        near = {container_name(g.name, key) for _, g, key, _ in fleet.containers((stack,))} if with_hosts else set()
        for group in with_hosts:
            for name in group.hosts:
                if name in _HOSTS or name in near or name in elsewhere:
                    what = _HOSTS.get(name, f"a container or an endpoint of {stack.name}")
                    yield sources.group_fault(group.name, ("hosts", name), f"{name} is {what}", "use another name")


def ensure_sandboxes_hide_no_container(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """A sandbox may share a machine's daemon, where its containers and volumes are named `<sandbox>-<name>`."""
    owners: dict[tuple[str, str], tuple[str, str]] = {}
    for stack in sorted(fleet.stacks.values(), key=lambda stack: stack.sandbox):
        if not target_of(stack).has_daemon:
            continue
        prefix = f"{stack.machine.name}-" if stack.sandbox else ""
        for group in fleet.placed(stack):
            named = [(("containers", key), prefix + container_name(group.name, key)) for key in group.containers]
            named += [(("volumes", key), target_of(stack).volume_name(key, stack)) for key in group.volumes]
            for path, name in named:
                home, owner = owners.setdefault((path[0], name), (stack.name, group.name))
                if stack.sandbox and home != stack.name:
                    problem = f"{name}, its name on {stack.name}, is also one of {owner} on {home}"
                    yield sources.group_fault(group.name, path, problem, f"rename it, or the machine of {stack.name}")


def ensure_roles_are_played_once(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """Roles are looked up by machine: a second endpoint would hide the first."""
    owners: dict[tuple[str, str], str] = {}
    for stack, group, key, port in fleet.ports(fleet.stacks.values()):
        here = f"{group.name}.ports.{key}"
        owner = owners.setdefault((stack.name, port.service), here) if port.service else here
        if owner != here:
            problem = f"{owner} already provides {port.service} on {stack.name}"
            yield sources.group_fault(group.name, ("ports", key, "service"), problem, "remove it from one of the two")


def _too_long(stack: Stack, group: str, path: tuple[str, ...], name: str, sources: Sources) -> Iterator[Fault]:
    if len(name) > DNS_LABEL_MAX:
        problem = f"its name {name} on {stack.name} has {len(name)} characters; a host name has {DNS_LABEL_MAX} at most"
        yield sources.group_fault(group, path, problem, "shorten the name of the group or sidecar")
