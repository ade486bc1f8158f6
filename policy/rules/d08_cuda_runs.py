"""D08: the driver of a card supports the CUDA version of its images.

Checked if both are stated: the image's in the group's file, the driver's in the stack's. Within a major version, newer
code mostly runs, except features of the newer driver; NVIDIA's own images refuse to start anyway.
"""

from __future__ import annotations

from collections.abc import Iterator

from fleet.labels import IMAGE_CUDA
from fleet.source.redaction import shown
from policy.core.gpu.budgets import cards_of
from policy.core.rule import Finding, Level, Settings, Severity, StackRule
from policy.views.container import ContainerView
from policy.views.stack import MachineView, StackView


def _check(stack: StackView, settings: Settings) -> Iterator[Finding]:
    for machine in stack.machines:
        for container, where, driver in _pairs(stack, machine):
            image = container.labels.get(IMAGE_CUDA, "")
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


def _pairs(stack: StackView, machine: MachineView) -> Iterator[tuple[ContainerView, str, str]]:
    """Each container with its card, and the CUDA version of that card's driver."""
    cards = {card.name: card for card in machine.cards}
    for container in stack.on(machine):
        for name in cards_of(container):
            if card := cards.get(name):
                yield container, f"{card.name} of {machine.name}", card.cuda
    pools = {pool.name: pool for pool in machine.pools}
    for pod, named in stack.pods_on(machine):
        if pool := pools.get(named):
            yield from ((container, f"pool {pool.name} of {machine.name}", pool.cuda) for container in pod.containers)


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
