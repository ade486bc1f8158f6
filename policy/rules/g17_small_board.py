"""G17: a single-board computer has no GPU but one in its main memory, and runs only images for its architecture.

Boards such as the Raspberry Pi have no GPU that supports CUDA. Those that do (NVIDIA's Jetson) share its memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from fleet.gpu_devices import is_gpu_device
from fleet.labels import GPU_REQUEST_MIB
from policy.core.gpu.budgets import cards_of
from policy.core.parsing.platforms import arch_of, archs_of, archs_of_images, listed
from policy.core.rule import Finding, Level, Settings, Severity, StackRule
from policy.views.container import ContainerView
from policy.views.stack import SINGLE_BOARD, MachineView, StackView

_ARCH = "arm64"
"""Of a board that states none: nearly all are."""


def _check(stack: StackView, settings: Settings) -> Iterator[Finding]:
    known = archs_of_images(stack.images)
    for machine in stack.machines:
        if machine.device_class != SINGLE_BOARD:
            continue
        for card in machine.cards:
            if card.unified:
                continue
            problem = f"cards holds {card.name}, but {machine.name} is a {SINGLE_BOARD}, which has no CUDA device"
            remedy = (
                f"remove machine.gpus.{card.name}, correct machine.class, or set unified: true if the board has a GPU "
                "in its main memory, as a Jetson"
            )
            yield Finding("cards", problem, remedy, of=machine)
        for container in stack.on(machine):
            yield from _container(container, machine, known)


def _container(container: ContainerView, machine: MachineView, known: Mapping[str, set[str]]) -> Iterator[Finding]:
    field = _wants_gpu(container)
    if field and not _has_its_cards(container, machine):
        problem = f"{field} requests a GPU, but {machine.name} is a {SINGLE_BOARD}, so it never starts"
        yield Finding(field, problem, "move the group to a machine with a GPU, or remove its gpu", of=container)
    arch, has = arch_of(machine.arch or _ARCH), archs_of(container, known)
    if has and arch not in has:
        problem = f"image is for {listed(has)} only, but {machine.name} is {arch}, so it cannot run there"
        remedy = f"use an image for linux/{arch} (stated in containers.<name>.image.platforms), or move the group"
        yield Finding("image", problem, remedy, of=container)


def _has_its_cards(container: ContainerView, machine: MachineView) -> bool:
    """Whether the cards that a container's label names share the board's memory; G02 and G03 report one without."""
    unified = {card.name for card in machine.cards if card.unified}
    return bool(unified) and set(cards_of(container)) <= unified


def _wants_gpu(container: ContainerView) -> str:
    """The field that requests a GPU; empty if none does."""
    if container.gpu:
        return "gpu"
    if container.gpu_runtime:
        return "gpu_runtime"
    if any(is_gpu_device(path) for path in container.devices):
        return "devices"
    return "labels" if GPU_REQUEST_MIB in container.labels else ""


RULE = StackRule(
    id="G17",
    name="small-board",
    level=Level.MANDATORY,
    severity=Severity.MEDIUM,
    summary="A single-board computer has no GPU but one in its main memory, and images support its architecture.",
    remedy="move the group to a suitable machine",
    elsewhere="remove the GPU, or use an image for the board's architecture",
    reads=(
        "containers.image", "containers.labels", "containers.gpu", "containers.gpu_runtime", "containers.devices",
        "images.platforms", "machines.device_class", "machines.arch", "machines.cards",
    ),
    check=_check,
)  # fmt: skip
