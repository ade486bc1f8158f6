"""Clusters: what a stack asks of one is something it has, and can do in its namespaces and pods."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.model import Cluster, ContainerGroup, Fleet, Stack
from fleet.network.addresses import AddressBook
from fleet.network.health_port import health_port
from fleet.source.faults import Fault
from fleet.source.locations import Sources
from fleet.targets.gpu_use import PoolUse
from fleet.targets.kubernetes.capacity import pool_of, pool_uses, reserved_on
from fleet.text import thousands

_NAMESPACE_LENGTH_MAX = 63


def check(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """Every fault of the stacks whose machine is a cluster."""
    yield from ensure_pools_have_the_cards(fleet, sources)
    yield from ensure_nodes_have_room(fleet, sources)
    yield from ensure_volumes_can_be_mounted(fleet, sources)
    yield from ensure_pods_have_distinct_ports(fleet, sources)
    yield from ensure_exposures_lead_somewhere(fleet, sources)
    yield from ensure_shares_can_be_divided(fleet, sources)
    yield from ensure_other_machines_come_in(fleet, sources)
    yield from ensure_namespaces_have_names(fleet, sources)


def _clusters(fleet: Fleet) -> Iterator[tuple[Stack, Cluster, list[ContainerGroup]]]:
    for stack in fleet.stacks.values():
        if stack.machine.cluster:
            yield stack, stack.machine.cluster, fleet.placed(stack)


def ensure_pools_have_the_cards(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """A GPU budget is taken from a pool whose cards hold it, and the copies that always run find a card."""
    for stack, cluster, groups in _clusters(fleet):
        if not stack.gives_gpus:
            continue
        for group in groups:
            for key, container in group.containers.items():
                if container.gpu and pool_of(cluster, container.gpu) is None:
                    cards = [f"{n} {thousands(p.gpu.memory_mib)}" for n, p in cluster.node_pools.items() if p.gpu]
                    has = ", ".join(cards) or "no pool with cards"
                    problem = f"no card of {stack.name} holds {thousands(container.gpu.limit_mib)} MiB (it has {has})"
                    remedy = "lower it, add a pool with such cards, or move the group"
                    yield sources.group_fault(group.name, ("containers", key, "gpu", "limit"), problem, remedy)
        for use in pool_uses(stack, groups):
            if use.placed() < use.copies_min:
                path = ("machine", "cluster", "node_pools", use.name)
                problem = f"cards for {use.placed()} of the {use.copies_min} copies that always run"
                remedy = "add nodes, share the cards another way, or move a group"
                yield sources.stack_fault(stack.name, path, problem, remedy, (_shares(use),))


def ensure_nodes_have_room(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """The copies that always run fit all nodes together, and each pod fits one node."""
    for stack, cluster, groups in _clusters(fleet):
        memory = {g.name: g.scaling.min * _request_mib(stack, g) for g in groups}
        millicores = sum(g.scaling.min * _request_millicores(stack, g) for g in groups)
        path = ("machine", "cluster", "node_pools")
        if sum(memory.values()) > cluster.memory_mib:
            problem = (
                f"{thousands(cluster.memory_mib)} MiB are too little for requests of {thousands(sum(memory.values()))}"
            )
            yield sources.stack_fault(stack.name, path, problem, "add nodes, lower a request, or move a group")
        if millicores > cluster.cpus * 1000:
            problem = f"{cluster.cpus} CPUs are too few for requests of {millicores / 1000:g}"
            yield sources.stack_fault(stack.name, path, problem, "add nodes, lower a cpu.request, or move a group")
        largest = max(pool.memory_mib for pool in cluster.node_pools.values())
        for group in groups:
            if _request_mib(stack, group) > largest:
                problem = f"a pod of {thousands(_request_mib(stack, group))} MiB fits no node of {stack.name}"
                remedy = f"the largest has {thousands(largest)} MiB; lower memory.request of its containers"
                yield sources.group_fault(group.name, ("containers",), problem, remedy)


def ensure_volumes_can_be_mounted(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """A volume stays in its namespace; one that several pods mount has a class that allows it."""
    for stack, cluster, groups in _clusters(fleet):
        owners = {volume: group for group in groups for volume in group.volumes}
        for volume, owner in owners.items():
            users = [g for g in groups if any(volume in c.mounts for c in g.containers.values())]
            foreign = next((g for g in users if g.tenant != owner.tenant), None)
            at = ("volumes", volume)
            if foreign:
                problem = f"{foreign.name} mounts it from another namespace on {stack.name}, which no claim can do"
                yield sources.group_fault(owner.name, at, problem, "give each tenant a volume of its own")
            several = len(users) > 1 or any(g.scaling.max > 1 or g.rollout.has_two_tracks for g in users)
            if several and not cluster.shared_storage_class:
                names = ", ".join(g.name for g in users)
                problem = f"several pods of {names} mount it on {stack.name}, which has no storage for that"
                yield sources.group_fault(
                    owner.name, at, problem, "set machine.cluster.shared_storage_class of that stack (ReadWriteMany)"
                )


def ensure_pods_have_distinct_ports(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """Containers of a pod share one set of ports."""
    for stack, _, groups in _clusters(fleet):
        for group in groups:
            taken: dict[int, str] = {health_port(group, key, stack): key for key in group.containers}
            for key, port in group.ports.items():
                other = taken.setdefault(port.port, port.container)
                if other != port.container:
                    problem = f"{port.port} is {other}'s in the pod {group.name} has on {stack.name}"
                    yield sources.group_fault(group.name, ("ports", key, "port"), problem, "give each its own port")


def ensure_exposures_lead_somewhere(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """What is exposed is a port of a group of the stack, under a host of its own."""
    for stack, cluster, groups in _clusters(fleet):
        by_name = {group.name: group for group in groups}
        hosts: dict[str, str] = {}
        for name, exposure in (cluster.entrance.exposed if cluster.entrance else {}).items():
            path = ("machine", "cluster", "entrance", "exposed", name)
            if name not in by_name:
                yield sources.stack_fault(
                    stack.name, path, f"{name} is no group of {stack.name}", "name one of its groups"
                )
            elif exposure.port not in by_name[name].ports:
                ports = ", ".join(by_name[name].ports)
                problem = f"{name} has no port {exposure.port}"
                yield sources.stack_fault(stack.name, (*path, "port"), problem, f"use one of {ports}")
            other = hosts.setdefault(exposure.host, name)
            if other != name:
                problem = f"{exposure.host} is the host of {other} too"
                yield sources.stack_fault(stack.name, (*path, "host"), problem, "give each group its own host")


def ensure_shares_can_be_divided(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """A share of requests needs a gateway to divide them."""
    for stack, cluster, groups in _clusters(fleet):
        gate = cluster.entrance
        for group in groups:
            state = stack.rollouts.get(group.name)
            if state is None or not group.rollout.has_two_tracks or state.percent in (0, 100):
                continue
            if gate is None or gate.kind != "gateway" or group.name not in gate.exposed:
                problem = f"{state.percent} percent need a gateway that divides requests, and {group.name} has none"
                remedy = "set machine.cluster.entrance.kind to gateway and expose the group, or use 0 or 100"
                yield sources.stack_fault(stack.name, ("rollouts", group.name, "percent"), problem, remedy)


def ensure_other_machines_come_in(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """An endpoint of a cluster that another machine needs is exposed."""
    book = AddressBook(fleet.members, fleet.groups)
    for stack, _, _ in _clusters(fleet):
        if stack.sandbox:
            continue
        for endpoint in book.published[stack.name]:
            if endpoint.exposed_at is None:
                users = ", ".join(book.users_of(endpoint))
                problem = f"{users} need {endpoint.ref}, which is reached only inside {stack.name}"
                remedy = f"expose it: machine.cluster.entrance.exposed.{endpoint.group}"
                yield sources.stack_fault(stack.name, ("machine", "cluster"), problem, remedy)


def ensure_namespaces_have_names(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """A namespace's name is a DNS label: too long is an error, never cut."""
    for stack, cluster, groups in _clusters(fleet):
        for tenant in sorted({group.tenant for group in groups if group.tenant}):
            name = cluster.namespace_of(tenant)
            if len(name) > _NAMESPACE_LENGTH_MAX:
                problem = f"{name} has {len(name)} characters, and a namespace takes {_NAMESPACE_LENGTH_MAX}"
                path = ("machine", "cluster", "namespace")
                yield sources.stack_fault(stack.name, path, problem, "shorten it, or the tenant's name")


def _shares(use: PoolUse) -> str:
    parts = [f"{share.label} {share.copies_min} x {thousands(share.amount_mib)} MiB" for share in use.shares]
    cards = f"{use.cards} cards of {thousands(use.gpu.memory_mib)} MiB, {use.gpu.sharing}"
    return f"{' + '.join(parts)} on {cards}"


def _request_mib(stack: Stack, group: ContainerGroup) -> int:
    return sum(reserved_on(stack, container).memory_request_mib for container in group.containers.values())


def _request_millicores(stack: Stack, group: ContainerGroup) -> int:
    return sum(reserved_on(stack, container).cpu_request_millicores for container in group.containers.values())
