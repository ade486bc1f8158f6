"""Cost of a stack: the machine's parts, each group's own costs and share, and the assumptions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from fleet.cost.break_even import break_even
from fleet.cost.figures import (
    DAYS_PER_MONTH,
    MANAGEMENT,
    Amounts,
    GroupCost,
    Part,
    StackCost,
    at_three,
    plain,
    price,
    total,
)
from fleet.cost.prices import PRICES, Prices
from fleet.cost.target import OwnCosts, costs_of
from fleet.model import ContainerGroup, ExpectedLoad, Stack
from fleet.plan.deployment import Deployment, PlannedGroup
from fleet.targets.registry import target_of


def stack_cost(stack: Stack, groups: Mapping[str, ContainerGroup], deployment: Deployment, prices: Prices) -> StackCost:
    """Monthly cost of a stack; groups: at least the stack's, by name; deployment: its plan."""
    mine = [groups[planned.name] for planned in deployment.groups]
    costs = costs_of(stack.machine.target)
    machine, own = costs.machine(stack.machine, mine), costs.own(stack, mine, deployment, prices)
    return StackCost(
        stack=stack.name,
        title=stack.machine.title,
        machine=machine,
        groups=tuple(_groups(stack, mine, deployment, machine, own, prices)),
        extra=tuple((*own.extra, *_management(stack))),
        budget_usd=stack.budget_usd,
        assumptions=tuple(_assumptions(stack, mine, costs.assumption)),
        break_even=break_even(stack.machine, prices),
        as_of=prices.as_of,
    )


def _groups(
    stack: Stack,
    groups: Sequence[ContainerGroup],
    deployment: Deployment,
    machine: Sequence[Part],
    costs: OwnCosts,
    prices: Prices,
) -> Iterator[GroupCost]:
    reserved = [_reserved_mib(planned) for planned in deployment.groups]
    everything = sum(reserved) or 1
    for group, planned, mib in zip(groups, deployment.groups, reserved, strict=True):
        own = list(costs.by_group.get(group.name, ()))
        if group.load.model and not stack.runs_stand_ins:
            own.append(_model(group.load, group.load.model, prices))
        share = mib / everything if machine else 0.0
        how = f"{share:.1%} of the machine: {plain(mib)} of {plain(everything)} MiB reserved" if machine else ""
        usd = total(own) + total(machine) * share
        yield GroupCost(group.name, tuple(own), share, how, usd, _inferences(stack, group, planned))


def _reserved_mib(group: PlannedGroup) -> int:
    """Main and GPU memory of the copies that always run, which divide a machine's cost."""
    one = sum(c.memory_request_mib + (c.gpu.request_mib * c.gpu.count if c.gpu else 0) for c in group.containers)
    return one * group.operation.scaling.min


def _model(load: ExpectedLoad, model: str, prices: Prices) -> Part:
    known = prices.thousand_tasks.get(model)
    # Maximum: the expected rate around the clock.
    most = load.tasks_per_day * (24 / load.hours_per_day if load.hours_per_day else 1)
    tasks = Amounts(0, load.tasks_per_day, most) * DAYS_PER_MONTH
    if known is None or known.usd is None:
        why = f"no price of {model} is known for {at_three(tasks, 'tasks')}; add it to thousand_tasks in {PRICES}"
        return Part(f"model {model}", None, why)
    how = f"{at_three(tasks, 'tasks')} x {price(known.usd)} per thousand"
    return Part(f"model {model}", tasks * (known.usd / 1000), how, not known.verified)


def _inferences(stack: Stack, group: ContainerGroup, planned: PlannedGroup) -> float:
    """Tasks of a group that calls a model, else requests of a group with a GPU."""
    load = group.load
    if load.model and not stack.runs_stand_ins:
        return load.tasks_per_day * DAYS_PER_MONTH
    if any(container.gpu for container in planned.containers):
        return load.requests_per_second * 3600 * load.hours_per_day * DAYS_PER_MONTH
    return 0.0


def _management(stack: Stack) -> Iterator[Part]:
    if stack.monthly_management_usd:
        yield Part(MANAGEMENT, Amounts.constant(stack.monthly_management_usd), "fleet:monthly_management_usd")


def _assumptions(stack: Stack, groups: Sequence[ContainerGroup], of_target: str) -> Iterator[str]:
    default = ExpectedLoad()
    for field, words in (
        ("requests_per_second", f"{default.requests_per_second:g} request per second"),
        ("seconds_per_request", f"{default.seconds_per_request:g} s per request"),
        ("hours_per_day", f"{default.hours_per_day:g} hours per day"),
    ):
        yield from _assumed(field, words, groups, groups)
    tasked = [group for group in groups if group.load.model or target_of(stack).runs_to_its_end(stack, group.name)]
    yield from _assumed("tasks_per_day", f"{default.tasks_per_day:g} tasks per day", tasked, groups)
    yield of_target
    if not stack.monthly_management_usd:
        yield "management costs nothing; set fleet:monthly_management_usd"


def _assumed(
    field: str, words: str, concerned: Sequence[ContainerGroup], groups: Sequence[ContainerGroup]
) -> Iterator[str]:
    unset = [group.name for group in concerned if field not in group.load.model_fields_set]
    if unset:
        who = "all groups" if len(unset) == len(groups) else ", ".join(unset)
        yield f"{words}: load.{field} is unset in {who}"
