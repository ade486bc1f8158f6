"""D08: the driver of a card supports the CUDA version of its images.

Checked if both are stated: the image's in the group's file, the driver's in the stack's. Within a major version, newer
code mostly runs, except features of the newer driver; NVIDIA's own images refuse to start anyway. A card of another
maker runs no CUDA.
"""

from __future__ import annotations

from collections.abc import Iterator

from fleet.labels import IMAGE_CUDA
from fleet.source.redaction import shown
from policy.core.gpu.budgets import cards_of
from policy.core.rule import Finding, Level, Settings, Severity, StackRule
from policy.views.container import ContainerView
from policy.views.kubernetes import PoolView
from policy.views.stack import NVIDIA, CardView, MachineView, StackView


def _check(stack: StackView, settings: Settings) -> Iterator[Finding]:
    for machine in stack.machines:
        for container, where, card in _pairs(stack, machine):
            image, driver = container.labels.get(IMAGE_CUDA, ""), card.cuda
            if image and _vendor(card) != NVIDIA:
                problem = f"label {IMAGE_CUDA} is {shown(image)}, but {where} is of {_vendor(card)}, which runs no CUDA"
                yield Finding("labels", problem, "use an image for that card, or move the group", of=container)
                continue
            wants, runs = _version(image), _version(driver)
            if wants is None or runs is None or wants <= runs:
                continue
            if wants[0] == runs[0] and settings["same_major_suffices"]:
                continue
            what = "has another major version, so it cannot use the card"
            if wants[0] == runs[0]:
                what = "is newer, so JIT compilation fails, and NVIDIA's own images do not start"
            problem = (
                f"label {IMAGE_CUDA} is {shown(image)}, and the driver of {where} supports {shown(driver)}: it {what}"
            )
            yield Finding("labels", problem, of=container)


def _pairs(stack: StackView, machine: MachineView) -> Iterator[tuple[ContainerView, str, CardView | PoolView]]:
    """Each container with its card or pool."""
    cards = {card.name: card for card in machine.cards}
    for container in stack.on(machine):
        for name in cards_of(container):
            if card := cards.get(name):
                yield container, f"{card.name} of {machine.name}", card
    pools = {pool.name: pool for pool in machine.pools}
    for pod, named in stack.pods_on(machine):
        if pool := pools.get(named):
            yield from ((container, f"pool {pool.name} of {machine.name}", pool) for container in pod.containers)


def _vendor(card: CardView | PoolView) -> str:
    return card.vendor if isinstance(card, CardView) else card.gpu_vendor


def _version(text: str) -> tuple[int, int] | None:
    major, _, minor = text.strip().partition(".")
    minor = minor.partition(".")[0] or "0"
    if not (major.isdecimal() and minor.isdecimal()) or len(text) > len("99.999.999"):
        return None
    return int(major), int(minor)


RULE = StackRule(
    id="D08",
    name="cuda-runs",
    level=Level.ADVISORY,
    severity=Severity.MEDIUM,
    summary="An image's CUDA version is supported by the driver of its card.",
    remedy="update the driver and machine.gpus.<card>.cuda, or build the image with an older CUDA version",
    elsewhere="update the driver, or use an image with an older CUDA version",
    defaults={"same_major_suffices": False},
    reads=("containers.labels", "machines.cards", "machines.pools", "pods.node_selector"),
    check=_check,
)
