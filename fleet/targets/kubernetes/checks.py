"""Checks of clusters: the nodes, storage and entrance have what the groups ask for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fleet.model import ContainerGroup, Fleet, GpuBudget, Stack, Target
from fleet.network.addresses import AddressBook
from fleet.source.faults import Fault
from fleet.source.locations import Sources
from fleet.targets.gpu_use import PoolUse, cards_words
from fleet.targets.kubernetes.addresses import exposed_at
from fleet.targets.kubernetes.capacity import cards_per_pod, cluster_of, count, pool_of, pool_uses, reserved_on
from fleet.targets.kubernetes.name_checks import (
    ensure_certificates_are_no_secrets,
    ensure_namespaces_have_names,
    ensure_objects_have_their_own_names,
)
from fleet.targets.kubernetes.node_checks import ensure_enforcement_is_the_pools, ensure_pods_fit_a_node
from fleet.targets.kubernetes.scaling_checks import ensure_copies_stop_in_time
from fleet.targets.memory_volumes import memory_volume_faults
from fleet.targets.own_labels import own_label_faults
from fleet.text import thousands


def check(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """Faults of all stacks on a cluster."""
    book = AddressBook(fleet.members, fleet.groups)
    for stack in fleet.on(Target.KUBERNETES):
        groups = fleet.placed(stack)
        if stack.gives_gpus:
            yield from ensure_pools_have_the_cards(stack, groups, sources)
            yield from ensure_enforcement_is_the_pools(stack, groups, sources)
        yield from ensure_nodes_have_room(stack, groups, sources)
        yield from ensure_pods_fit_a_node(stack, groups, sources)
        yield from ensure_copies_stop_in_time(groups, sources)
        for group in groups:
            yield from memory_volume_faults(group, stack, sources)
            yield from own_label_faults(group, stack, sources)
        yield from ensure_volumes_can_be_mounted(stack, groups, sources)
        yield from ensure_exposures_lead_somewhere(stack, groups, sources)
        yield from ensure_shares_can_be_divided(stack, groups, sources)
        yield from ensure_namespaces_have_names(stack, groups, sources)
        yield from ensure_objects_have_their_own_names(
            stack, groups, AddressBook.of(fleet, stack) if stack.sandbox else book, sources
        )
        yield from ensure_certificates_are_no_secrets(stack, groups, sources)
        if not stack.sandbox:
            yield from ensure_other_machines_come_in(stack, book, sources)


def ensure_pools_have_the_cards(stack: Stack, groups: Sequence[ContainerGroup], sources: Sources) -> Iterator[Fault]:
    """Each GPU budget fits the cards of a pool, and the copies that always run find a card."""
    cluster = cluster_of(stack)
    for group in groups:
        for key, container in group.containers.items():
            budget = container.gpu
            if budget and (wrong := _number_fault(stack, budget)):
                yield sources.group_fault(group.name, ("containers", key, "gpu", "cards"), *wrong)
            elif budget and pool_of(cluster, budget) is None:
                cards = [f"{n} {thousands(p.gpu.memory_mib)} MiB" for n, p in cluster.node_pools.items() if p.gpu]
                has = ", ".join(cards) or "no pool with cards"
                mib = thousands(budget.limit_mib)
                holds = f"card of {stack.name} holds {mib} MiB"
                if count(budget) > 1:
                    holds = f"pool of {stack.name} has {count(budget)} cards a node that hold {mib} MiB"
                problem = f"no {holds} (it has {has})"
                remedy = "lower it, add a pool with such cards, or move the group"
                yield sources.group_fault(group.name, ("containers", key, "gpu", "limit"), problem, remedy)
    for use in pool_uses(stack, groups):
        if use.placed() < use.copies_min:
            path = ("machine", "cluster", "node_pools", use.name)
            problem = f"has cards for {use.placed()} of the {use.copies_min} copies that always run"
            remedy = "add nodes, change how the cards are shared, or move a group"
            yield sources.stack_fault(stack.name, path, problem, remedy, (_shares(use),))


def _number_fault(stack: Stack, budget: GpuBudget) -> tuple[str, str] | None:
    """Why a cluster cannot give that many cards, and what to do; None if it can."""
    pools = {name: pool.gpu for name, pool in cluster_of(stack).node_pools.items() if pool.gpu}
    if not isinstance(budget.cards, int):
        many = len(budget.named) or max((gpu.per_node for gpu in pools.values()), default=1)
        problem = f"{cards_words(budget)}, but the scheduler of {stack.name} chooses the cards"
        return problem, f"write a number, such as {many}"
    if budget.cards > max((cards_per_pod(gpu) for gpu in pools.values()), default=budget.cards):
        has = ", ".join(f"{name} {cards_per_pod(gpu)} ({gpu.sharing})" for name, gpu in pools.items())
        problem = f"{budget.cards} cards, but no pool of {stack.name} gives a pod that many ({has})"
        return problem, "lower it, or add a pool with per_node that high and sharing whole-device"
    return None


def ensure_nodes_have_room(stack: Stack, groups: Sequence[ContainerGroup], sources: Sources) -> Iterator[Fault]:
    """The copies that always run fit all nodes together."""
    cluster, path = cluster_of(stack), ("machine", "cluster", "node_pools")
    reserved = {g.name: [reserved_on(stack, container) for container in g.containers.values()] for g in groups}
    pod_mib = {name: sum(one.memory_request_mib for one in pod) for name, pod in reserved.items()}
    memory = sum(g.scaling.min * pod_mib[g.name] for g in groups)
    millicores = sum(g.scaling.min * one.cpu_request_millicores for g in groups for one in reserved[g.name])
    if memory > cluster.memory_mib:
        problem = f"{thousands(cluster.memory_mib)} MiB are too little for requests of {thousands(memory)} MiB"
        yield sources.stack_fault(stack.name, path, problem, "add nodes, lower a memory.request, or move a group")
    if millicores > cluster.cpus * 1000:
        problem = f"{cluster.cpus} CPUs are too few for requests of {millicores / 1000:g}"
        yield sources.stack_fault(stack.name, path, problem, "add nodes, lower a cpu.request, or move a group")


def ensure_volumes_can_be_mounted(stack: Stack, groups: Sequence[ContainerGroup], sources: Sources) -> Iterator[Fault]:
    """A volume stays in its namespace; one that several pods mount has a storage class for it."""
    for volume, owner in {volume: group for group in groups for volume in group.volumes}.items():
        users = [g for g in groups if any(volume in c.mounts for c in g.containers.values())]
        at = ("volumes", volume)
        foreign = next((g for g in users if g.tenant != owner.tenant), None)
        if foreign:
            problem = (
                f"{foreign.name} mounts it from another namespace on {stack.name}, which Kubernetes does not allow"
            )
            yield sources.group_fault(owner.name, at, problem, "give each tenant its own volume")
        several = len(users) > 1 or any(g.scaling.max > 1 or g.rollout.has_two_tracks for g in users)
        if several and not cluster_of(stack).shared_storage_class:
            names = ", ".join(g.name for g in users)
            problem = f"several pods of {names} mount it on {stack.name}, which has no shared storage class"
            remedy = "set machine.cluster.shared_storage_class of that stack (ReadWriteMany)"
            yield sources.group_fault(owner.name, at, problem, remedy)


def ensure_exposures_lead_somewhere(
    stack: Stack, groups: Sequence[ContainerGroup], sources: Sources
) -> Iterator[Fault]:
    """Each exposed port belongs to a group of the stack, under its own host."""
    entrance, by_name = cluster_of(stack).entrance, {group.name: group for group in groups}
    hosts: dict[str, str] = {}
    for name, exposure in (entrance.exposed if entrance else {}).items():
        path = ("machine", "cluster", "entrance", "exposed", name)
        if name not in by_name:
            problem = f"{name} is not a group of {stack.name}"
            yield sources.stack_fault(stack.name, path, problem, "name one of its groups")
        elif by_name[name].is_job:
            yield sources.stack_fault(stack.name, path, f"{name} runs once and serves nobody", "drop it")
        elif exposure.port not in by_name[name].ports:
            problem, remedy = f"{name} has no port {exposure.port}", f"use one of {', '.join(by_name[name].ports)}"
            yield sources.stack_fault(stack.name, (*path, "port"), problem, remedy)
        other = hosts.setdefault(exposure.host, name)
        if other != name:
            problem = f"{exposure.host} is also the host of {other}"
            yield sources.stack_fault(stack.name, (*path, "host"), problem, "give each group its own host")


def ensure_shares_can_be_divided(stack: Stack, groups: Sequence[ContainerGroup], sources: Sources) -> Iterator[Fault]:
    """Requests are divided by percent only behind a gateway."""
    entrance = cluster_of(stack).entrance
    for group in groups:
        state = stack.rollouts.get(group.name)
        if state is None or not group.rollout.has_two_tracks or state.percent in (0, 100):
            continue
        if entrance is None or entrance.kind != "gateway" or group.name not in entrance.exposed:
            problem = f"{state.percent} percent requires a gateway that divides requests, and {group.name} has none"
            remedy = "set machine.cluster.entrance.kind to gateway and expose the group, or use 0 or 100"
            yield sources.stack_fault(stack.name, ("rollouts", group.name, "percent"), problem, remedy)


def ensure_other_machines_come_in(stack: Stack, book: AddressBook, sources: Sources) -> Iterator[Fault]:
    """Endpoints that another machine needs are exposed."""
    for endpoint in book.published[stack.name]:
        if exposed_at(endpoint) is None:
            users = book.users_of(endpoint)
            verb = "needs" if len(users) == 1 else "need"
            problem = f"{', '.join(users)} {verb} {endpoint.ref}, which is reachable only inside {stack.name}"
            remedy = f"expose it under machine.cluster.entrance.exposed.{endpoint.group}"
            yield sources.stack_fault(stack.name, ("machine", "cluster"), problem, remedy)


def _shares(use: PoolUse) -> str:
    parts = [
        f"{s.label} {s.copies_min} x {f'{s.devices} x ' if s.devices > 1 else ''}{thousands(s.amount_mib)} MiB"
        for s in use.shares
    ]
    cards = f"{use.cards} cards of {thousands(use.gpu.memory_mib)} MiB, {use.gpu.sharing}"
    return f"{' + '.join(parts)} on {cards}"
