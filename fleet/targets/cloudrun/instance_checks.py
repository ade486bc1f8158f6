"""Instances of Cloud Run: their size, card, billing and requests are among what it takes.

The figures stand in `fleet/data/cloudrun-limits.yaml`. A value that it would refuse is refused here, with the nearest
one that it takes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from fleet.model import Cloud, CloudService, ContainerGroup, Fleet, Stack
from fleet.model.cloud import Backing, Billing, Kind, Shape
from fleet.model.volume import VolumeKind
from fleet.source.faults import Fault
from fleet.source.locations import Sources
from fleet.targets.cloudrun.capacity import CARDS, shape
from fleet.targets.cloudrun.limits import ONE_CPU, card_named, cpu_problem, cpus, limits, mebibytes, memory_problem


def check_instances(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """Every fault of instances: their size, their requests, their variables and their cards."""
    yield from ensure_instances_have_a_size(fleet, sources)
    yield from ensure_requests_are_within_bounds(fleet, sources)
    yield from ensure_variables_are_short(fleet, sources)
    yield from ensure_cloud_cards_can_be_had(fleet, sources)


@dataclass(frozen=True, slots=True)
class _Run:
    """A group of a stack on Cloud Run, and how it is run."""

    stack: Stack
    cloud: Cloud
    group: ContainerGroup

    @property
    def service(self) -> CloudService:
        return self.cloud.service(self.group.name)

    @property
    def shape(self) -> Shape:
        return shape(self.cloud, self.group)

    @property
    def whole(self) -> tuple[int, int]:
        """Millicores and MiB of all containers of an instance."""
        sidecars = [container for key, container in self.group.containers.items() if key != "main"]
        return (
            self.shape.cpu_millicores + sum(container.cpu.limit_millicores for container in sidecars),
            self.shape.memory_mib + sum(container.memory.cap_mib for container in sidecars),
        )

    def fault(self, sources: Sources, key: str, problem: str, remedy: str) -> Fault:
        path = ("machine", "cloud", "services", self.group.name, key)
        return sources.stack_fault(self.stack.name, path, problem, remedy)


def _runs(fleet: Fleet) -> Iterator[_Run]:
    for stack in fleet.stacks.values():
        if stack.machine.cloud:
            for group in fleet.placed(stack):
                yield _Run(stack, stack.machine.cloud, group)


def ensure_instances_have_a_size(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """CPU is one of the steps there are, memory goes with it, and all containers together fit the greatest instance."""
    for run in _runs(fleet):
        if run.stack.runs_stand_ins:
            continue
        card = card_named(run.service.gpu)
        size, found = run.shape, False
        if wrong := cpu_problem(size.cpu_millicores, card):
            found = True
            yield run.fault(sources, "cpu", wrong[0], f"set it to {cpus(wrong[1])}")
        elif wrong := memory_problem(size.cpu_millicores, size.memory_mib, card):
            found = True
            yield run.fault(sources, "memory", wrong[0], _more_memory(size, wrong[1]))
        for key, container in run.group.containers.items():
            millicores = container.cpu.limit_millicores
            if key != "main" and (wrong := cpu_problem(millicores)):
                found = True
                path = ("containers", key, "cpu", "limit")
                yield sources.group_fault(run.group.name, path, wrong[0], f"set it to {cpus(wrong[1])}")
        if not found and len(run.group.containers) > 1:
            yield from _whole_faults(run, sources)


def _whole_faults(run: _Run, sources: Sources) -> Iterator[Fault]:
    """Main container and sidecars are one instance."""
    millicores, memory = run.whole
    card = card_named(run.service.gpu)
    most = card.cpu_max if card else limits().cpu_steps[-1]
    if most is not None and millicores > most:
        problem = f"{cpus(millicores)} CPUs with its sidecars are too many, with {cpus(most)} at the most"
        yield run.fault(sources, "cpu", problem, f"lower it, or a sidecar's, by {cpus(millicores - most)}")
    elif wrong := memory_problem(millicores, memory, card):
        problem = f"with its sidecars, {wrong[0]}"
        less = f"lower it, or a sidecar's, by {mebibytes(memory - wrong[1])}, or raise cpu"
        remedy = less if memory > wrong[1] else f"raise it by {mebibytes(wrong[1] - memory)}"
        yield run.fault(sources, "memory", problem, remedy)


def _more_memory(size: Shape, nearest: int) -> str:
    remedy = f"set it to {nearest}MiB"
    cpu = limits().cpu_for_memory(size.memory_mib) if size.memory_mib > nearest else None
    return f"{remedy}, or cpu to {cpus(cpu)}" if cpu else remedy


def ensure_requests_are_within_bounds(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """How many requests an instance answers at a time, how long, how it is paid for, and how many of it there are."""
    for run in _runs(fleet):
        service, known = run.service, limits()
        yield from _count_faults(run, sources)
        most = known.task_timeout_max if service.kind is Kind.JOB else known.timeout_max
        if service.kind is not Kind.WORKER_POOL and service.timeout_s > most:
            what = "a task" if service.kind is Kind.JOB else "a request"
            problem = f"{service.timeout_s} s are too long for {what}, with {most} s at the most"
            yield run.fault(sources, "timeout", problem, f"set it to {most}s")
        if service.kind is not Kind.SERVICE:
            continue
        if service.concurrency > known.concurrency_max:
            problem = f"{service.concurrency} requests at a time are too many"
            yield run.fault(sources, "concurrency", problem, f"set it to {known.concurrency_max}")
        if run.whole[0] < ONE_CPU and not run.stack.runs_stand_ins:
            yield from _faults_below_one_cpu(run, sources)


def _count_faults(run: _Run, sources: Sources) -> Iterator[Fault]:
    service, most = run.service, run.shape.max_instances
    if service.kind is not Kind.JOB and service.min_instances > most:
        problem = f"{service.min_instances} are above the {most} it may have"
        yield run.fault(sources, "min_instances", problem, f"set it to {most}, or raise max_instances")
    for volume in run.group.single_writer_volumes:
        shared = run.group.volumes[volume].kind is not VolumeKind.SCRATCH
        if most > 1 and shared and service.volumes.get(volume) is not Backing.SQL:
            problem = f"{most} instances may run, but volumes.{volume} takes one writer"
            yield run.fault(sources, "max_instances", problem, "set it to 1")


def _faults_below_one_cpu(run: _Run, sources: Sources) -> Iterator[Fault]:
    service, one = run.service, limits().concurrency_below_one_cpu
    beside = f"beside {cpus(run.whole[0])} CPUs, which is less than one"
    if service.concurrency > one:
        problem = f"{service.concurrency} requests at a time cannot be had {beside}"
        yield run.fault(sources, "concurrency", problem, f"set it to {one}, or cpu to 1")
    if service.billing is not Billing.REQUEST:
        problem = f'"{service.billing}" cannot be had {beside}'
        yield run.fault(sources, "billing", problem, f'set it to "{Billing.REQUEST}", or cpu to 1')


def ensure_variables_are_short(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """A variable's value is as long as Cloud Run takes it."""
    clouds = [stack for stack in fleet.stacks.values() if stack.machine.cloud]
    most = limits().env_value_max if clouds else 0
    for stack, group, key, container in fleet.containers(clouds):
        for name, value in container.env.items():
            if (length := len(value.encode())) > most:
                problem = f"{length} bytes are too many for a variable on {stack.name}, with {most} at the most"
                path = ("containers", key, "env", name)
                yield sources.group_fault(group.name, path, problem, "give it as a file in its image or a volume")


def ensure_cloud_cards_can_be_had(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """A card is asked for by the budget and the service alike, in regions that have it, and paid for as it must be."""
    for run in _runs(fleet):
        if not run.stack.gives_gpus:
            continue
        budgets = {key: c.gpu for key, c in run.group.containers.items() if c.gpu}
        service = run.service
        if service.gpu is None:
            for key in budgets:
                problem = f"a GPU budget, but {run.stack.name} gives it no card"
                cards = " or ".join(CARDS)
                remedy = f"set machine.cloud.services.{run.group.name}.gpu of that stack to {cards}, or drop gpu"
                yield sources.group_fault(run.group.name, ("containers", key, "gpu"), problem, remedy)
            continue
        if not budgets:
            problem = f'"{service.gpu}" is a card that no container of {run.group.name} has a budget for'
            yield run.fault(sources, "gpu", problem, "add gpu with request, limit and enforcement to one, or drop it")
        if len(budgets) > limits().gpus_per_instance:
            problem = f"{' and '.join(budgets)} each have a GPU budget, but one container holds an instance's card"
            path = ("containers", list(budgets)[-1], "gpu")
            yield sources.group_fault(run.group.name, path, problem, "keep one, or make a group of the other")
        for key, budget in budgets.items():
            yield from _limit_faults(run, key, budget.limit_mib, sources)
        yield from _card_faults(run, sources)


def _limit_faults(run: _Run, key: str, limit_mib: int, sources: Sources) -> Iterator[Fault]:
    card = run.cloud.service(run.group.name).gpu
    capacity = _CAPACITY_MIB[card] if card else limit_mib
    if limit_mib > capacity:
        problem = f"{mebibytes(limit_mib)} are above {card} of {run.stack.name}, which has {mebibytes(capacity)}"
        path = ("containers", key, "gpu", "limit")
        yield sources.group_fault(run.group.name, path, problem, f"lower it to {capacity}MiB at most")


_CAPACITY_MIB = {card: int(memory.removesuffix("GiB")) * 1024 for card, (_, memory) in CARDS.items()}


def _card_faults(run: _Run, sources: Sources) -> Iterator[Fault]:
    service = run.service
    card = card_named(service.gpu)
    if card is None:
        return
    lacking = [name for name in run.cloud.regions if name not in (*card.regions, *card.regions_by_invitation)]
    if lacking:
        invited = "".join(f", {name} by invitation" for name in card.regions_by_invitation)
        problem = (
            f'{", ".join(lacking)} have no "{service.gpu}"' if lacking[1:] else f'{lacking[0]} has no "{service.gpu}"'
        )
        path = ("machine", "cloud", "regions")
        remedy = f"use {', '.join(card.regions)}{invited}, or another card for {run.group.name}"
        yield sources.stack_fault(run.stack.name, path, problem, remedy)
    if service.kind is Kind.SERVICE and service.billing is not Billing.INSTANCE:
        problem = f'"{service.billing}" cannot be had with a GPU'
        yield run.fault(sources, "billing", problem, f'set it to "{Billing.INSTANCE}"')
    kept_warm = service.min_instances > 0 or service.kind is Kind.WORKER_POOL
    if kept_warm and service.kind is not Kind.JOB and not service.idle_gpu_accepted.strip():
        what = f"{max(1, service.min_instances)} with a GPU run around the clock, and are paid for idle or not"
        remedy = "set min_instances to 0" if service.kind is Kind.SERVICE else "make it a service or a job"
        yield run.fault(sources, "min_instances", what, f"{remedy}, or say why in idle_gpu_accepted")
