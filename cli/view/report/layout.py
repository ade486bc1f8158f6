"""Layout of the fleet's drawing in pixels: machines in rows, their groups in waves from the top."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from cli.view.targets.base import view_of
from fleet.model import PoolGpu, Sharing
from fleet.plan.deployment import Deployment, PlannedGroup
from fleet.plan.planned_container import PlannedGpu
from fleet.text import gibibytes, plural, thousands

_GAP = 24.0
"""Between machines."""
_PAD = 16.0
_LEFT = 30.0
"""Inside a machine, for connections that pass a wave."""
_HEAD = 52.0
_WAVE_HEAD = 22.0
_ROW = 56.0
_BOX_HEIGHT = 44.0
_BETWEEN = 12.0
"""Between boxes of a wave."""


@dataclass(frozen=True, slots=True)
class Canvas:
    """Limits of a drawing: width in pixels, groups side by side in a row of machines, and in one machine."""

    name: str
    width: float
    columns: int
    columns_of_one: int


WIDE = Canvas("wide", 1320, 6, 4)
NARROW = Canvas("narrow", 330, 2, 2)


@dataclass(frozen=True, slots=True)
class Box:
    """A group."""

    stack: str
    group: str
    note: str
    has_gpu: bool
    x: float
    y: float
    width: float
    height: float = _BOX_HEIGHT


@dataclass(frozen=True, slots=True)
class Frame:
    """A machine, with a label and position for each wave of its groups."""

    stack: str
    title: str
    note: str
    x: float
    y: float
    width: float
    height: float
    waves: tuple[tuple[str, float, float], ...]


@dataclass(frozen=True, slots=True)
class Link:
    """An allowed connection of two groups, and its ports."""

    source: Box
    target: Box
    ports: tuple[int, ...]

    @property
    def crosses(self) -> bool:
        return self.source.stack != self.target.stack


@dataclass(frozen=True, slots=True)
class Drawing:
    """Positions of everything drawn."""

    name: str
    width: float
    height: float
    frames: tuple[Frame, ...]
    boxes: tuple[Box, ...]
    links: tuple[Link, ...]


def draw(deployments: Sequence[Deployment], canvas: Canvas, focus: str | None = None) -> Drawing:
    """The drawing of several stacks; with a focus, of that stack and the groups connected with it."""
    groups = {d.stack: _shown(d, deployments, focus) for d in deployments}
    shown = [d for d in in_order(deployments) if groups[d.stack] or focus in (None, d.stack)]
    frames: list[Frame] = []
    boxes: list[Box] = []
    y = 1.0
    for shelf in _shelves(shown, groups, canvas):
        x = 1.0
        spare = canvas.width - 2 - _GAP * (len(shelf) - 1) - (_LEFT + _PAD) * len(shelf)
        cell = spare / sum(count for _, count in shelf)
        for deployment, count in shelf:
            frame, inside = _machine(deployment, groups[deployment.stack], (x, y), count, cell)
            frames.append(frame)
            boxes += inside
            x += frame.width + _GAP
        y += max(frame.height for frame in frames[-len(shelf) :]) + _GAP
    return Drawing(
        canvas.name, canvas.width, y - _GAP + 1, tuple(frames), tuple(boxes), tuple(_links(deployments, boxes))
    )


def _shown(deployment: Deployment, others: Sequence[Deployment], focus: str | None) -> list[PlannedGroup]:
    """Drawn groups of a stack; GPU sharing first."""
    groups = [*deployment.sharing, *deployment.groups]
    if focus in (None, deployment.stack):
        return groups
    focused = next(d for d in others if d.stack == focus)
    near = {edge.target for edge in focused.edges} | {
        edge.source for edge in deployment.edges if any(edge.target == group.name for group in focused.groups)
    }
    return [group for group in groups if group.name in near]


def in_order(deployments: Sequence[Deployment]) -> list[Deployment]:
    """Connected machines first, so that they are adjacent; then larger ones."""
    return sorted(deployments, key=lambda d: (-sum(bool(edge.address) for edge in d.edges), -len(d.groups), d.stack))


def _shelves(
    deployments: Sequence[Deployment], groups: Mapping[str, Sequence[PlannedGroup]], canvas: Canvas
) -> list[list[tuple[Deployment, int]]]:
    """Rows of machines with their columns: a machine goes into the first row with space for it."""
    shelves: list[list[tuple[Deployment, int]]] = []
    for deployment in deployments:
        widest = max((len(members) for _, members in _waves(groups[deployment.stack])), default=1)
        count = min(widest, canvas.columns_of_one)
        row = next((row for row in shelves if sum(c for _, c in row) + count <= canvas.columns), None)
        if row is None or canvas.columns == canvas.columns_of_one:
            shelves.append([(deployment, count)])
        else:
            row.append((deployment, count))
    return shelves


def _waves(groups: Sequence[PlannedGroup]) -> list[tuple[int, list[PlannedGroup]]]:
    return [(wave, list(members)) for wave, members in groupby(groups, key=lambda group: group.wave)]


def _machine(
    deployment: Deployment, groups: Sequence[PlannedGroup], at: tuple[float, float], columns: int, cell: float
) -> tuple[Frame, list[Box]]:
    x, y = at
    boxes: list[Box] = []
    labels: list[tuple[str, float, float]] = []
    top = y + _HEAD
    for wave, members in _waves(groups):
        labels.append((f"wave {wave}", x + _LEFT, top + 14))
        top += _WAVE_HEAD
        for index, group in enumerate(members):
            row, column = divmod(index, columns)
            width = cell - (_BETWEEN if column < columns - 1 else 0)
            place = (x + _LEFT + column * cell, top + row * _ROW)
            has_gpu = any(container.gpu for container in group.containers)
            boxes.append(Box(deployment.stack, group.name, group_note(group, deployment), has_gpu, *place, width))
        top += _ROW * -(-len(members) // columns)
    stack, title, note = deployment.stack, deployment.machine.title, machine_note(deployment)
    return Frame(stack, title, note, x, y, _LEFT + cell * columns + _PAD, top - y + 6, tuple(labels)), boxes


def group_note(group: PlannedGroup, deployment: Deployment) -> str:
    """A group's resources in a few words."""
    mib = sum(container.memory_request_mib for container in group.containers)
    gpus = [container.gpu for container in group.containers if container.gpu]
    least, most = view_of(deployment.machine.target).copies(group, deployment.machine)
    figures = (
        plural(group.agents, "agent") if group.agents else "",
        gibibytes(mib),
        _gpu_note(gpus) if gpus else "",
        (f"{most}x" if least == most else f"{least}-{most}x") if most > 1 else "",
    )
    return ", ".join(figure for figure in figures if figure)


def _gpu_note(gpus: Sequence[PlannedGpu]) -> str:
    if any(isinstance(gpu.gpu, PoolGpu) and gpu.gpu.sharing is Sharing.WHOLE_DEVICE for gpu in gpus):
        return "whole GPU"
    if not any(gpu.request_mib for gpu in gpus):
        return "shares the card"
    return f"GPU {thousands(sum(gpu.request_mib * gpu.count for gpu in gpus))}"


def machine_note(deployment: Deployment) -> str:
    """A machine in a few words."""
    machine = deployment.machine
    figures = [
        str(machine.target),
        *view_of(machine.target).capacity(machine),
        *([gpu.model for gpu in machine.cards.values()] if not deployment.stand_ins else []),
    ]
    return ", ".join(figures)


def _links(deployments: Sequence[Deployment], boxes: Sequence[Box]) -> Iterator[Link]:
    at = {(box.stack, box.group): box for box in boxes}
    home = {box.group: box for box in boxes}
    for deployment in deployments:
        for (source, target), edges in groupby(deployment.edges, key=lambda edge: (edge.source, edge.target)):
            start, end = at.get((deployment.stack, source)), at.get((deployment.stack, target)) or home.get(target)
            if start and end:
                yield Link(start, end, tuple(edge.port for edge in edges))
