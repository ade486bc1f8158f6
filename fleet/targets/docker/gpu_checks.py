"""Checks of GPUs on Docker machines: requests fit each card, no limit exceeds it, and MPS can serve its clients."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from fleet.model import ContainerGroup, Enforcement, Fleet, GpuBudget, Stack, Target
from fleet.source.faults import Fault
from fleet.source.locations import Sources
from fleet.targets.docker.capacity import card_uses, cards_of
from fleet.targets.gpu_use import CardUse, vendor_fault
from fleet.text import plural, thousands


def check_cards(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """Faults of all GPU budgets on Docker machines."""
    yield from ensure_cards_are_named(fleet, sources)
    yield from ensure_cards_of_a_container_agree(fleet, sources)
    yield from ensure_images_are_for_the_card(fleet, sources)
    yield from ensure_limits_fit_the_card(fleet, sources)
    yield from ensure_gpu_memory_fits(fleet, sources)
    yield from ensure_enforcement_is_possible(fleet, sources)
    yield from ensure_exclusive_cards_are_alone(fleet, sources)
    yield from ensure_mps_clients_share_a_user(fleet, sources)
    yield from ensure_shared_memory_holds_each_client(fleet, sources)
    yield from ensure_tenants_share_no_card(fleet, sources)


def ensure_cards_are_named(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """A budget belongs to cards of the machine; where it has more of them, the budget names its own."""
    for stack, group, key, budget in _budgets(fleet):
        if cards_of(stack.machine, budget):
            continue
        cards, path = ", ".join(stack.machine.gpus), ("containers", key, "gpu")
        if not stack.machine.gpus:
            others = ", ".join(s.name for s in fleet.members if s.machine.cards) or "none in this fleet"
            remedy = f"move the group to a machine with a GPU ({others}), or drop gpu"
            yield sources.group_fault(group.name, path, f"a GPU budget, but {stack.name} has no GPU", remedy)
        elif budget.named:
            for index, name in enumerate(budget.named):
                if name not in stack.machine.gpus:
                    place = (*path, "card") if budget.card else (*path, "cards", index)
                    problem = f"{name} is not a card of {stack.name}"
                    yield sources.group_fault(group.name, place, problem, f"use one of {cards}")
        elif budget.cards == 1:
            problem = f"names no card, but {stack.name} has several"
            yield sources.group_fault(group.name, path, problem, f"set card to one of {cards}")
        else:
            yield sources.group_fault(group.name, (*path, "cards"), *_wrong_number(stack, budget))


def _wrong_number(stack: Stack, budget: GpuBudget) -> tuple[str, str]:
    """Problem and fix of a number of cards that is not the machine's."""
    has, wanted = list(stack.machine.gpus), budget.count or 0
    if wanted > len(has):
        problem = f"{plural(wanted, 'card')}, but {stack.name} has {len(has)} ({', '.join(has)})"
        return problem, f"write {len(has)} or all, or move the group to a machine with more"
    problem = f"{plural(wanted, 'card')} of the {len(has)} of {stack.name}, without names"
    return problem, f"name them: cards: [{', '.join(has[:wanted])}]"


def ensure_cards_of_a_container_agree(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """The cards of a container have one maker, driver and allocator, and no MPS daemon, which serves one card."""
    for stack, group, key, budget in _budgets(fleet):
        gpus = {card: stack.machine.gpus[card] for card in cards_of(stack.machine, budget)}
        if len(gpus) == 1:
            continue
        path = ("containers", key, "gpu", "cards")
        for field in ("vendor", "driver", "allocator"):
            values = {card: getattr(gpu, field) for card, gpu in gpus.items()}
            if len(set(values.values())) > 1:
                has = ", ".join(f"{card} {value or 'none'}" for card, value in values.items())
                problem = f"the cards of one container have different settings of {field} ({has})"
                remedy = f"set the same in machine.gpus of {stack.name}, or use other cards"
                yield sources.group_fault(group.name, path, problem, remedy)
        served = [card for card, gpu in gpus.items() if gpu.mps]
        if served:
            problem = f"MPS serves {', '.join(served)} of {stack.name}, and a container connects to one MPS daemon only"
            remedy = f"use one card, or drop machine.gpus.{served[0]}.mps"
            yield sources.group_fault(group.name, path, problem, remedy)
        elif gpus and budget.enforcement is Enforcement.MPS:
            problem = "mps, but a container connects to one MPS daemon, which serves one card"
            path = ("containers", key, "gpu", "enforcement")
            yield sources.group_fault(group.name, path, problem, "use framework, advisory or exclusive, or one card")


def ensure_images_are_for_the_card(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """No image with CUDA is for a card of another maker."""
    for stack in fleet.on(Target.DOCKER):
        for _, group, key, container in fleet.containers((stack,)) if stack.gives_gpus else ():
            for card in cards_of(stack.machine, container.gpu)[:1] if container.gpu else ():
                if wrong := vendor_fault(container, stack.machine.gpus[card], f"{card} of {stack.name}"):
                    field, problem, remedy = wrong
                    path = ("containers", key, *field.split("."))
                    yield sources.group_fault(group.name, path, problem, remedy)


def ensure_limits_fit_the_card(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """No limit exceeds its card, which suggests that it was set for another one."""
    for stack, group, key, budget in _budgets(fleet):
        cards = {stack.machine.gpus[card].memory_mib: card for card in reversed(cards_of(stack.machine, budget))}
        capacity = min(cards, default=budget.limit_mib)
        if budget.limit_mib > capacity:
            card = cards[capacity]
            problem = f"{thousands(budget.limit_mib)} MiB exceed {card} of {stack.name} ({thousands(capacity)} MiB)"
            remedy = "lower it to the memory of the card"
            yield sources.group_fault(group.name, ("containers", key, "gpu", "limit"), problem, remedy)


def ensure_gpu_memory_fits(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """Per card and mode: `sum(request) + contexts x processes + desktop reserve <= capacity`."""
    uses = {
        (stack.name, mode): card_uses(stack, groups)
        for stack in fleet.members
        for mode, groups in fleet.placed_by_mode(stack)
    }
    # The free memory of a card is what its fullest mode leaves.
    free: dict[tuple[str, str], int] = {}
    for (name, _), cards in uses.items():
        for use in cards:
            free[name, use.name] = min(use.free_mib, free.get((name, use.name), use.free_mib))
    for (name, mode), cards in uses.items():
        for use in cards:
            oversized = [share for share in use.shares if share.budget.limit_mib > use.gpu.memory_mib]
            if oversized and use.free_mib + sum(share.budget.request_mib for share in oversized) >= 0:
                # The others fit: their limits are the fault, which is reported there.
                continue
            if use.free_mib < 0 and use.context_mib > use.gpu.memory_mib // 2:
                yield _too_many_processes(use, name, sources)
            elif use.free_mib < 0:
                largest = use.shares[0]
                where = f"{use.name} of {name} ({use.gpu.model}{f', mode {mode}' if mode else ''})"
                yield sources.group_fault(
                    largest.group,
                    ("containers", largest.container, "gpu", "request"),
                    f"{thousands(largest.budget.request_mib)} MiB do not fit on {where} with the other containers",
                    _remedy(use, name, fleet, free),
                    (_arithmetic(use),),
                )


def _too_many_processes(use: CardUse, stack: str, sources: Sources) -> Fault:
    """The fault of a card that contexts fill: lower requests would not help."""
    most = max(use.shares, key=lambda share: share.budget.processes)
    contexts = f"{use.processes} contexts of {use.gpu.context_mib} MiB"
    problem = f"{plural(most.budget.processes, 'process')}: {contexts} fill {use.name} of {stack} ({use.gpu.model})"
    path = ("containers", most.container, "gpu", "processes")
    return sources.group_fault(most.group, path, problem, "lower processes", (_arithmetic(use),))


def _arithmetic(use: CardUse) -> str:
    parts = [f"{share.label} {thousands(share.budget.request_mib)}" for share in use.shares]
    parts.append(f"contexts {use.processes} x {use.gpu.context_mib} = {thousands(use.context_mib)}")
    parts.append(f"desktop {thousands(use.gpu.reserve_mib)}")
    return f"{' + '.join(parts)} = {thousands(use.committed_mib)} of {thousands(use.gpu.memory_mib)} MiB"


def ensure_enforcement_is_possible(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """HAMi needs a cluster, and MPS divides a limit among processes in whole MiB."""
    for _, group, key, budget in _budgets(fleet):
        path = ("containers", key, "gpu")
        if budget.enforcement is Enforcement.HAMI:
            problem = f'"{budget.enforcement}" limits pods of a cluster only'
            yield sources.group_fault(group.name, (*path, "enforcement"), problem, "use mps, framework or advisory")
        if budget.enforcement is Enforcement.MPS and budget.limit_mib < budget.processes:
            problem = f"{budget.limit_mib} MiB cannot be divided among {budget.processes} processes"
            yield sources.group_fault(group.name, (*path, "limit"), problem, "raise it")


def ensure_exclusive_cards_are_alone(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """An exclusive container has its card alone, in every mode."""
    faults: dict[tuple[str, str], Fault] = {}
    for stack in (stack for stack in fleet.members if stack.machine.target is Target.DOCKER):
        for _, groups in fleet.placed_by_mode(stack):
            for use in card_uses(stack, groups):
                exclusive = [share for share in use.shares if share.budget.enforcement is Enforcement.EXCLUSIVE]
                for share in exclusive if len(use.shares) > 1 else ():
                    others = plural(len(use.shares) - 1, "other container")
                    problem = f"exclusive, but {others} may use {use.name} of {stack.name} at the same time"
                    remedy = "use mps or framework, or give it another card or mode"
                    path = ("containers", share.container, "gpu", "enforcement")
                    fault = sources.group_fault(share.group, path, problem, remedy)
                    faults.setdefault((share.group, share.container), fault)
    yield from faults.values()


def ensure_mps_clients_share_a_user(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """Enforcement by MPS needs a card with MPS, which serves a single user id."""
    for stack, group, key, container in fleet.containers(fleet.members):
        budget = container.gpu
        cards = cards_of(stack.machine, budget) if budget else ()
        if budget is None or len(cards) != 1:
            continue
        (card,) = cards
        mps = stack.machine.gpus[card].mps
        if budget.enforcement is Enforcement.MPS and mps is None:
            path = ("containers", key, "gpu", "enforcement")
            problem = f"mps, but {card} of {stack.name} has no MPS"
            remedy = f"set machine.gpus.{card}.mps, or enforcement: framework"
            yield sources.group_fault(group.name, path, problem, remedy)
        user = container.hardening.user
        if mps is not None and (user is None or user.uid != mps.uid):
            path = ("containers", key, "hardening", "run_as" if user else "as_image")
            given = user.uid if user else "the image decides on the user"
            problem = f"{given}, but MPS on {card} serves only {mps.uid}"
            yield sources.group_fault(group.name, path, problem, f"set run_as to {mps.uid}:{mps.uid}")


def ensure_shared_memory_holds_each_client(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """MPS gives its clients one /dev/shm, in place of their own: it is as large as the largest."""
    for stack, group, key, container in fleet.containers(fleet.members):
        card = _shared_card(stack, container.gpu)
        mps = stack.shared_cards[card].mps if card else None
        if mps and container.shared_memory_mib > mps.shared_memory_mib:
            problem = f"{thousands(container.shared_memory_mib)} MiB exceed what MPS on {card} of {stack.name} shares"
            remedy = f"lower it to {mps.shared_memory_mib}MiB, or raise machine.gpus.{card}.mps.shared_memory"
            yield sources.group_fault(group.name, ("containers", key, "shared_memory"), problem, remedy)


def ensure_tenants_share_no_card(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """MPS clients of a card share a folder in memory, and a fault of one ends all."""
    for stack in fleet.stacks.values():
        users: dict[str, list[ContainerGroup]] = {}
        for _, group, key, container in fleet.containers((stack,)):
            card = _shared_card(stack, container.gpu)
            if card is None:
                continue
            others = users.setdefault(card, [])
            foreign = (o for o in others if o.tenant != group.tenant and stack.run_together(o.name, group.name))
            others.append(group)
            if other := next(foreign, None):
                tenants = f"{group.whose} and {other.whose} ({other.name})"
                problem = f"{tenants} would share MPS on {card} of {stack.name}"
                remedy = "give each tenant a card, or a machine"
                yield sources.group_fault(group.name, ("containers", key, "gpu"), problem, remedy)


def _shared_card(stack: Stack, budget: GpuBudget | None) -> str | None:
    """The card of a budget that MPS serves."""
    cards = cards_of(stack.machine, budget) if budget else ()
    return next((card for card in cards if card in stack.shared_cards), None)


def _remedy(use: CardUse, stack: str, fleet: Fleet, free: Mapping[tuple[str, str], int]) -> str:
    # The smallest group, with a context for each process, is the least that another card must hold.
    least = min(share.budget.request_mib + share.budget.processes * use.gpu.context_mib for share in use.shares)
    room = [
        f"{f'{card} of ' if len(fleet.stacks[name].machine.gpus) > 1 else ''}{name} has {thousands(mib)} MiB free"
        for (name, card), mib in free.items()
        if name != stack and mib >= least
    ]
    move = f"move a group ({', '.join(room)})" if room else "move a group to a machine with room"
    apart = ", or put groups into different modes" if len(use.shares) > 1 else ""
    return f"lower requests by {thousands(-use.free_mib)} MiB in total, {'' if apart else 'or '}{move}{apart}"


def _budgets(fleet: Fleet) -> Iterator[tuple[Stack, ContainerGroup, str, GpuBudget]]:
    members = (stack for stack in fleet.on(Target.DOCKER) if not stack.sandbox)
    for stack, group, key, container in fleet.containers(members):
        if container.gpu is not None:
            yield stack, group, key, container.gpu
