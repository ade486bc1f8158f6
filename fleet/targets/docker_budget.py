"""Budgets of a machine: who reserves how much of each card and of main memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from fleet.model import Container, ContainerGroup, Gpu, GpuBudget, Machine, Stack

STAND_IN_MEMORY_MIB = 256
"""What a container of stand-ins gets at most."""

STAND_IN_REQUEST_MILLICORES = 50
"""Processor time a container of stand-ins reserves at most."""

STAND_IN_CAP_MILLICORES = 500
"""Processor time a container of stand-ins may use at most."""

MPS_DAEMON_MEMORY_MIB = 256
"""Main memory of a card's MPS daemon."""


@dataclass(frozen=True, slots=True)
class Share:
    """What one container takes of a card, in MiB."""

    group: str
    container: str
    budget: GpuBudget

    @property
    def label(self) -> str:
        """The group's name; a sidecar's after a slash."""
        return self.group if self.container == "main" else f"{self.group}/{self.container}"


@dataclass(frozen=True, slots=True)
class CardUse:
    """One card and everything reserved on it, in MiB; biggest share first."""

    name: str
    gpu: Gpu
    shares: tuple[Share, ...]

    @property
    def processes(self) -> int:
        """CUDA processes on the card."""
        return sum(share.budget.processes for share in self.shares)

    @property
    def requested_mib(self) -> int:
        """Sum of requests, without contexts."""
        return sum(share.budget.request_mib for share in self.shares)

    @property
    def context_mib(self) -> int:
        """What the contexts of all processes cost."""
        return self.processes * self.gpu.context_mib

    @property
    def committed_mib(self) -> int:
        """Requests, contexts and the desktop's reserve."""
        return self.requested_mib + self.context_mib + self.gpu.reserve_mib

    @property
    def free_mib(self) -> int:
        """What is left; negative where it does not fit."""
        return self.gpu.memory_mib - self.committed_mib


def card_of(machine: Machine, budget: GpuBudget) -> str | None:
    """Key of the card a budget is taken from; None where the machine lacks it or several could be meant."""
    if budget.card is not None:
        return budget.card if budget.card in machine.gpus else None
    return next(iter(machine.gpus)) if len(machine.gpus) == 1 else None


def card_uses(stack: Stack, groups: Sequence[ContainerGroup]) -> tuple[CardUse, ...]:
    """Every card of a stack's machine with what its groups take; nothing where the stack gives no GPUs."""
    shares = list(_shares(stack.machine, groups)) if stack.gives_gpus else []
    return tuple(
        CardUse(name, gpu, tuple(sorted((s for card, s in shares if card == name), key=_biggest_first)))
        for name, gpu in stack.machine.gpus.items()
    )


def memory_request_mib(stack: Stack, container: Container) -> int:
    """Main memory a container reserves on a stack."""
    # A node evicts a pod that uses more than it was promised: on a cluster a GPU group is promised all it may use.
    whole = container.gpu is not None and stack.machine.cluster is not None and stack.gives_gpus
    request = container.memory.cap_mib if whole else container.memory.request_mib
    return min(request, STAND_IN_MEMORY_MIB) if stack.runs_stand_ins else request


def cpu_request_millicores(stack: Stack, container: Container) -> int:
    """Processor time a container reserves on a stack."""
    request = container.cpu.request_millicores
    return min(request, STAND_IN_REQUEST_MILLICORES) if stack.runs_stand_ins else request


def cpu_cap_millicores(stack: Stack, container: Container) -> int:
    """Processor time a container may use on a stack: no more than the machine has."""
    # Cloud Run has no number of processors to stay below.
    cap = min(container.cpu.limit_millicores, stack.machine.cpus * 1000 or container.cpu.limit_millicores)
    return min(cap, STAND_IN_CAP_MILLICORES) if stack.runs_stand_ins else cap


def sharing_memory_mib(stack: Stack) -> int:
    """Main memory that the MPS daemons of a stack's cards reserve."""
    return sum(MPS_DAEMON_MEMORY_MIB for _ in shared_cards(stack))


def sharing_name(card: str) -> str:
    """Name of what shares a card: `gpu-sharing-gpu0`."""
    return f"gpu-sharing-{card}"


def shared_cards(stack: Stack) -> Mapping[str, Gpu]:
    """The cards of a stack that an MPS daemon serves."""
    return {name: gpu for name, gpu in stack.machine.gpus.items() if gpu.mps and stack.gives_gpus}


def memory_cap_mib(stack: Stack, container: Container) -> int:
    """Main memory a container may use on a stack."""
    cap = container.memory.cap_mib
    return min(cap, STAND_IN_MEMORY_MIB) if stack.runs_stand_ins else cap


def _shares(machine: Machine, groups: Sequence[ContainerGroup]) -> Iterator[tuple[str, Share]]:
    for group in groups:
        for key, container in group.containers.items():
            card = card_of(machine, container.gpu) if container.gpu else None
            if container.gpu and card:
                yield card, Share(group.name, key, container.gpu)


def _biggest_first(share: Share) -> tuple[int, str]:
    return -share.budget.request_mib, share.label
