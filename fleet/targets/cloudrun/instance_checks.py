"""Checks of Cloud Run instances: size, requests, variables and GPUs, against `fleet/data/cloudrun-limits.yaml`.

A value that Cloud Run refuses is refused here, with the nearest valid one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fleet.cloudrun_limits import (
    ONE_CPU,
    Card,
    card_named,
    cpu_problem,
    cpus,
    limits,
    mebibytes,
    memory_problem,
)
from fleet.model import MAIN, Cloud, CloudService, ContainerGroup, Enforcement, Stack
from fleet.model.cloud import Backing, Billing, Kind, Shape
from fleet.model.volume import VolumeKind
from fleet.source.faults import Fault
from fleet.source.locations import Sources
from fleet.targets.cloudrun.capacity import CARDS, card_of_instance, cloud_of, shape
from fleet.targets.gpu_use import cards_words
from fleet.text import plural


def check_instances(stack: Stack, groups: Sequence[ContainerGroup], sources: Sources) -> Iterator[Fault]:
    """Faults of all instances of a stack."""
    for group in groups:
        run = _Run(stack, cloud_of(stack), group, sources)
        if not stack.runs_stand_ins:
            yield from ensure_instances_have_a_size(run)
        yield from ensure_requests_are_within_bounds(run)
        yield from ensure_containers_start_in_time(run)
        yield from ensure_checks_are_frequent_enough(run)
        yield from ensure_requests_end_in_time(run)
        yield from ensure_variables_are_short(run)
        yield from ensure_variables_are_not_cloud_runs(run)
        if stack.gives_gpus:
            yield from ensure_cloud_cards_can_be_had(run)


@dataclass(frozen=True, slots=True)
class _Run:
    """A group of a Cloud Run stack."""

    stack: Stack
    cloud: Cloud
    group: ContainerGroup
    sources: Sources

    @property
    def service(self) -> CloudService:
        return self.cloud.service(self.group.name)

    @property
    def card(self) -> Card | None:
        return card_named(self.service.gpu)

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

    def fault(self, key: str, problem: str, remedy: str) -> Fault:
        """A fault of the service in the stack's file."""
        path = ("machine", "cloud", "services", self.group.name, key)
        return self.sources.stack_fault(self.stack.name, path, problem, remedy)

    def container_fault(self, path: tuple[str, ...], problem: str, remedy: str) -> Fault:
        """A fault of a container in the group's file."""
        return self.sources.group_fault(self.group.name, ("containers", *path), problem, remedy)


def ensure_instances_have_a_size(run: _Run) -> Iterator[Fault]:
    """CPU is a valid step, memory fits it, and all containers together fit an instance."""
    size, faults = run.shape, list[Fault]()
    if wrong := cpu_problem(size.cpu_millicores, run.card):
        faults.append(run.fault("cpu", wrong[0], f"set it to {cpus(wrong[1])}"))
    elif wrong := memory_problem(size.cpu_millicores, size.memory_mib, run.card):
        cpu = limits().cpu_for_memory(size.memory_mib) if size.memory_mib > wrong[1] else None
        remedy = f"set it to {wrong[1]}MiB{f', or cpu to {cpus(cpu)}' if cpu else ''}"
        faults.append(run.fault("memory", wrong[0], remedy))
    for key, container in run.group.containers.items():
        if key != "main" and (wrong := cpu_problem(container.cpu.limit_millicores)):
            faults.append(run.container_fault((key, "cpu", "limit"), wrong[0], f"set it to {cpus(wrong[1])}"))
    yield from faults
    if not faults and len(run.group.containers) > 1:
        yield from _whole_faults(run)


def _whole_faults(run: _Run) -> Iterator[Fault]:
    millicores, memory = run.whole
    most = run.card.cpu_max if run.card else limits().cpu_steps[-1]
    if most is not None and millicores > most:
        problem = f"{cpus(millicores)} CPUs with its sidecars are too many; an instance has at most {cpus(most)}"
        yield run.fault("cpu", problem, f"lower it, or a sidecar's, by {cpus(millicores - most)}")
    elif wrong := memory_problem(millicores, memory, run.card):
        less = f"lower it, or a sidecar's, by {mebibytes(memory - wrong[1])}, or raise cpu"
        remedy = less if memory > wrong[1] else f"raise it by {mebibytes(wrong[1] - memory)}"
        yield run.fault("memory", f"with its sidecars, {wrong[0]}", remedy)


def ensure_requests_are_within_bounds(run: _Run) -> Iterator[Fault]:
    """Instances, timeout, concurrency and billing are valid together."""
    service, known = run.service, limits()
    yield from _instance_number_faults(run)
    most = known.task_timeout_max if service.kind is Kind.JOB else known.timeout_max
    if (limit := run.group.containers[MAIN].time_limit_s) > most and run.group.is_job:
        yield run.container_fault((MAIN, "time_limit"), f"{limit} s are too long for a task", f"set it to {most}s")
    if service.kind is not Kind.WORKER_POOL and service.timeout_s > most:
        what = "a task" if service.kind is Kind.JOB else "a request"
        problem = f"{service.timeout_s} s are too long for {what}; the maximum is {most} s"
        yield run.fault("timeout", problem, f"set it to {most}s")
    if service.kind is not Kind.SERVICE:
        return
    if service.concurrency > known.concurrency_max:
        problem = f"{service.concurrency} concurrent requests are too many"
        yield run.fault("concurrency", problem, f"set it to {known.concurrency_max}")
    if run.whole[0] < ONE_CPU and not run.stack.runs_stand_ins:
        required = f"at least 1 CPU (it has {cpus(run.whole[0])})"
        one = known.concurrency_below_one_cpu
        if service.concurrency > one:
            problem = f"{service.concurrency} concurrent requests require {required}"
            yield run.fault("concurrency", problem, f"set it to {one}, or cpu to 1")
        if service.billing is not Billing.REQUEST:
            problem = f'"{service.billing}" requires {required}'
            yield run.fault("billing", problem, f'set it to "{Billing.REQUEST}", or cpu to 1')


def _instance_number_faults(run: _Run) -> Iterator[Fault]:
    service, most = run.service, run.shape.max_instances
    if service.kind is not Kind.JOB and service.min_instances > most:
        problem = f"{service.min_instances} is above max_instances ({most})"
        yield run.fault("min_instances", problem, f"set it to {most}, or raise max_instances")
    for volume in run.group.single_writer_volumes:
        shared = run.group.volumes[volume].kind is not VolumeKind.SCRATCH
        if most > 1 and shared and service.volumes.get(volume) is not Backing.SQL:
            problem = f"{most} instances may run, but volumes.{volume} has a single writer"
            yield run.fault("max_instances", problem, "set it to 1")


def ensure_containers_start_in_time(run: _Run) -> Iterator[Fault]:
    """No container of a service or pool needs longer to start than its instance has."""
    most = limits().startup_max
    for key, container in run.group.containers.items():
        start_s = container.health.start_period_s
        if start_s > most and run.service.kind is not Kind.JOB:
            problem = f"{start_s} s are too long for {run.stack.name}: an instance that takes over {most} s is replaced"
            remedy = f"set it to {most}s and bring what it loads in its image, or run the group on another target"
            yield run.container_fault((key, "health", "start_period"), problem, remedy)


def ensure_checks_are_frequent_enough(run: _Run) -> Iterator[Fault]:
    """No liveness probe of a service or pool has a longer period than Cloud Run takes."""
    most = limits().liveness_period_max
    for key, container in run.group.containers.items():
        if container.health.interval_s > most and run.service.kind is not Kind.JOB and not container.health.by_command:
            problem = f"{container.health.interval_s} s are too long for a probe on {run.stack.name}"
            yield run.container_fault((key, "health", "interval"), problem, f"set it to {most}s or less")


def ensure_requests_end_in_time(run: _Run) -> Iterator[Fault]:
    """The expected request is no longer than the maximum of its service, which ends it."""
    expected, most = run.group.load.seconds_per_request, run.service.timeout_s
    if run.service.kind is Kind.SERVICE and expected > most:
        problem = f"{expected:g} s, but {run.stack.name} ends a request of {run.group.name} after {most} s"
        remedy = f"lower it, or raise machine.cloud.services.{run.group.name}.timeout of that stack"
        yield run.sources.group_fault(run.group.name, ("load", "seconds_per_request"), problem, remedy)


def ensure_variables_are_short(run: _Run) -> Iterator[Fault]:
    """Cloud Run limits the length of a variable's value."""
    most = limits().env_value_max
    for key, container in run.group.containers.items():
        for name, value in container.env.items():
            if (length := len(value.encode())) > most:
                problem = f"{length} bytes are too many for a variable on {run.stack.name}; the maximum is {most}"
                remedy = "put it into a file of its image or a volume"
                yield run.container_fault((key, "env", name), problem, remedy)


def ensure_variables_are_not_cloud_runs(run: _Run) -> Iterator[Fault]:
    """No container sets what Cloud Run sets; PORT only to the port that it serves, as other targets need."""
    serving = next((port.port for port in run.group.ports.values() if port.container == MAIN), None)
    for key, container in run.group.containers.items():
        for name, value in container.env.items():
            if name in limits().reserved_variables or name.startswith(limits().reserved_prefixes):
                problem, remedy = f"is reserved on {run.stack.name}: Cloud Run sets it", "rename it, or remove it"
            elif name == "PORT" and key == MAIN and run.service.kind is Kind.SERVICE and value != str(serving):
                problem = f"Cloud Run sets it to the port of {run.group.name} ({serving}) on {run.stack.name}"
                remedy = f"set it to {serving}, or remove it"
            else:
                continue
            yield run.container_fault((key, "env", name), problem, remedy)


def ensure_cloud_cards_can_be_had(run: _Run) -> Iterator[Fault]:
    """Budget and service request the same GPU, which the regions offer and an instance can hold."""
    budgets = {key: c.gpu for key, c in run.group.containers.items() if c.gpu}
    gpu, name = run.service.gpu, run.stack.name
    card = card_of_instance(run.service)
    if gpu is None or card is None:
        remedy = f"set machine.cloud.services.{run.group.name}.gpu of that stack to {' or '.join(CARDS)}, or drop gpu"
        for key in budgets:
            yield run.container_fault((key, "gpu"), f"a GPU budget, but {name} gives it no GPU", remedy)
        return
    if not budgets:
        problem = f'no container of {run.group.name} has a budget for "{gpu}"'
        yield run.fault("gpu", problem, "add gpu with request, limit and enforcement to one, or drop it")
    if len(budgets) > limits().gpus_per_instance:
        problem = f"{' and '.join(budgets)} each have a GPU budget, but only one container can hold an instance's GPU"
        yield run.container_fault((list(budgets)[-1], "gpu"), problem, "keep one, or move the other to its own group")
    for key, budget in budgets.items():
        if budget.enforcement is Enforcement.HAMI:
            problem = f'"{budget.enforcement}" limits pods of a cluster only; an instance of {name} has a whole GPU'
            yield run.container_fault((key, "gpu", "enforcement"), problem, "use exclusive")
        if budget.card:
            remedy = f"drop it; machine.cloud.services.{run.group.name}.gpu selects the GPU"
            yield run.container_fault((key, "gpu", "card"), f"{name} has no card {budget.card}", remedy)
        if budget.cards != 1:
            remedy = "drop it, use a smaller model, or move the group to a Docker machine or a cluster"
            problem = f"{cards_words(budget)}, but an instance of {name} has one GPU"
            yield run.container_fault((key, "gpu", "cards"), problem, remedy)
    capacity = next(iter(card.gpus.values())).memory_mib
    for key, budget in budgets.items():
        if budget.limit_mib > capacity:
            problem = f"{mebibytes(budget.limit_mib)} exceed {gpu} of {name}, which has {mebibytes(capacity)}"
            yield run.container_fault((key, "gpu", "limit"), problem, f"lower it to at most {capacity}MiB")
    yield from _card_faults(run)


def _card_faults(run: _Run) -> Iterator[Fault]:
    service, card = run.service, run.card
    if card is None:
        return
    lacking = [name for name in run.cloud.regions if name not in (*card.regions, *card.regions_by_invitation)]
    if lacking:
        problem = f'{", ".join(lacking)} {"have" if lacking[1:] else "has"} no "{service.gpu}"'
        regions = [*card.regions, *(f"{name} by invitation" for name in card.regions_by_invitation)]
        remedy = f"use {', '.join(regions)}, or another card for {run.group.name}"
        yield run.sources.stack_fault(run.stack.name, ("machine", "cloud", "regions"), problem, remedy)
    if service.kind is Kind.SERVICE and service.billing is not Billing.INSTANCE:
        problem = f'"{service.billing}" is not available with a GPU'
        yield run.fault("billing", problem, f'set it to "{Billing.INSTANCE}"')
    kept_warm = service.min_instances > 0 or service.kind is Kind.WORKER_POOL
    if kept_warm and service.kind is not Kind.JOB and not service.idle_gpu_accepted.strip():
        instances = plural(max(1, service.min_instances), "instance")
        remedy = "set min_instances to 0" if service.kind is Kind.SERVICE else "make it a service or a job"
        problem = f"{instances} with a GPU always on, billed even when idle"
        yield run.fault("min_instances", problem, f"{remedy}, or give a reason in idle_gpu_accepted")
