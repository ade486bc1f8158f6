"""Whether pods fit the cards of a pool, by how the pool hands its cards out. Memory in MiB."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.gpu_memory import AMOUNTS_MAX, with_contexts
from fleet.text import addends, thousands
from policy.core.gpu.pools import AMOUNT, RESOURCES, PoolLoad, PoolRequest, whole_cards
from policy.core.rule import Finding


def pool_findings(load: PoolLoad) -> Iterator[Finding]:
    """Everything that does not fit a pool."""
    if not load.pool.cards or load.pool.sharing not in RESOURCES:
        for request in load.requests:
            problem = f"devices_asked requests a GPU, but {load.title} has none to allocate, so its pods stay pending"
            yield Finding("devices_asked", problem, _ANOTHER, of=request.container)
        return
    requests = [request for request in load.requests if _requests_right(request, load)]
    for request in load.requests:
        if not _requests_right(request, load):
            yield _wrong_resource(request, load)
    for request in requests:
        yield from _alone(request, load)
    yield from {"whole-device": _whole, "shared-device": _shared, "memory-amount": _amounts}[load.pool.sharing](
        load, requests
    )


_ANOTHER = "choose another pool by machine.pool, or give the pool cards"
_LOWER = "lower containers.<name>.gpu.request or replicas, or add nodes to the pool"


def _requests_right(request: PoolRequest, load: PoolLoad) -> bool:
    asked = request.container.devices_asked
    return load.resource in asked and (AMOUNT in asked) == (load.pool.sharing == "memory-amount")


def _wrong_resource(request: PoolRequest, load: PoolLoad) -> Finding:
    wanted = load.resource
    if load.pool.sharing == "memory-amount":
        wanted = f"{wanted} with {AMOUNT}"
    has = ", ".join(request.container.devices_asked) or "nothing"
    problem = f"devices_asked holds {has}, but {load.title} allocates {wanted} ({load.pool.sharing})"
    return Finding("devices_asked", problem, f"request {wanted}, or choose another pool", of=request.container)


def _alone(request: PoolRequest, load: PoolLoad) -> Iterator[Finding]:
    """What does not fit even an empty card."""
    pool, budget = load.pool, request.budget
    if budget is None:
        return  # G02 reports it.
    capacity = pool.gpu_memory_mib
    if budget.limit_mib > capacity:
        problem = f"label fleet.gpu.limit-mib is {thousands(budget.limit_mib)} MiB, above {_card(load)}"
        yield Finding("labels", problem, "lower containers.<name>.gpu.limit to the card at most", of=request.container)
    held = with_contexts(budget.request_mib, budget.processes, pool.context_mib)
    if held > capacity:
        figures = f"{thousands(budget.request_mib)} + contexts {budget.processes} x {pool.context_mib}"
        problem = f"label fleet.gpu.request-mib makes {figures} = {thousands(held)} MiB, above {_card(load)}"
        yield Finding("labels", problem, _LOWER, of=request.container)
    if request.amount_mib and request.amount_mib < request.held_mib(pool):
        problem = (
            f"devices_asked holds {thousands(request.amount_mib)} MiB ({AMOUNT}) of a card, under the "
            f"{thousands(request.held_mib(pool))} MiB that it always holds with its contexts, so it fails to allocate"
        )
        yield Finding("devices_asked", problem, f"raise {AMOUNT} to containers.<name>.gpu.limit", of=request.container)


def _whole(load: PoolLoad, requests: list[PoolRequest]) -> Iterator[Finding]:
    pool = load.pool
    yield from _more_than_a_node(load, requests)
    parts = [(request.label, request.container.replicas * request.devices) for request in requests]
    too_many = list(_too_many(load, parts, pool.cards, "cards"))
    yield from too_many
    within = [request.share(pool) for request in requests if request.devices <= pool.gpus]
    if not too_many and not load.fits(whole_cards(within, pool)):
        problem = (
            f"pools have the cards, but not on single nodes: {addends(parts)} cards do not divide over {load.title} "
            f"with {pool.gpus} a node, so the last stay pending"
        )
        yield Finding("pools", problem, "lower replicas, or add nodes to the pool", of=load.machine)


def _more_than_a_node(load: PoolLoad, requests: list[PoolRequest]) -> Iterator[Finding]:
    for request in requests:
        if request.devices > load.pool.gpus:
            has = load.pool.gpus
            problem = f"devices_asked requests {request.devices} cards, but a node of {load.title} has {has}"
            yield Finding("devices_asked", problem, "request at most as many as a node has", of=request.container)


def _shared(load: PoolLoad, requests: list[PoolRequest]) -> Iterator[Finding]:
    """The scheduler ignores their memory and may put any of them on one card, so the largest must fit together."""
    pool = load.pool
    parts = [(request.label, request.container.replicas * request.devices) for request in requests]
    yield from _too_many(load, parts, pool.cards * pool.shared_replicas, f"places ({pool.shared_replicas} a card)")
    held = [
        (request.held_mib(pool), request.label)
        for request in requests
        for _ in range(min(request.container.replicas, AMOUNTS_MAX))
    ]
    meeting = sorted(held, reverse=True)[: pool.shared_replicas]
    total = sum(size for size, _ in meeting)
    if len(meeting) > 1 and total > pool.gpu_memory_mib:
        figures = addends([(label, size) for size, label in meeting])
        problem = (
            f"pools share a card of {load.title} by turns and not by memory: these may meet on one, {figures} = "
            f"{thousands(total)} of {thousands(pool.gpu_memory_mib)} MiB with contexts, so the last to allocate fails"
        )
        remedy = f"{_LOWER}; fewer may share a card, or hand it out by memory"
        yield Finding("pools", problem, remedy, of=load.machine)


def _amounts(load: PoolLoad, requests: list[PoolRequest]) -> Iterator[Finding]:
    pool = load.pool
    yield from _more_than_a_node(load, requests)
    shares = [request.share(pool) for request in requests]
    parts = [(share.label, share.total_mib) for share in shares]
    sizes = [each for share in shares for each in share.amounts(share.copies_min)]
    total = sum(size for _, size in parts)
    capacity = pool.cards * pool.gpu_memory_mib
    if total > capacity:
        problem = (
            f"pools lack GPU memory: {addends(parts)} = {thousands(total)} of {thousands(capacity)} MiB with contexts "
            f"in {load.title}, so the last pods stay pending"
        )
        yield Finding("pools", problem, _LOWER, of=load.machine)
    elif not load.fits(sizes):
        problem = (
            f"pools have the GPU memory, but not on single cards: {addends(parts)} MiB do not divide over {load.title} "
            f"with {thousands(pool.gpu_memory_mib)} MiB each"
        )
        yield Finding("pools", problem, _LOWER, of=load.machine)


def _too_many(load: PoolLoad, parts: list[tuple[str, int]], most: int, what: str) -> Iterator[Finding]:
    total = sum(count for _, count in parts)
    if total > most:
        problem = f"pools lack {what}: {addends(parts)} = {total} of {most} in {load.title}, so the last stay pending"
        yield Finding("pools", problem, "lower replicas, or add nodes to the pool", of=load.machine)


def _card(load: PoolLoad) -> str:
    return f"a card of {load.title} with {thousands(load.pool.gpu_memory_mib)} MiB"
