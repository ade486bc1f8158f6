"""D07: an image supports the architecture it runs on.

Taken from the image's resource (`docker.Image`, `docker.RemoteImage`), else from the group's file. If neither states a
platform, nothing is checked. G17 covers single-board computers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from policy.core.parsing.platforms import arch_of, archs_of, archs_of_images, listed
from policy.core.rule import Finding, Level, Settings, Severity, StackRule
from policy.views.container import CLOUDRUN, DOCKER, ContainerView
from policy.views.kubernetes import PodView
from policy.views.stack import SINGLE_BOARD, MachineView, StackView

_ARCH_LABEL = "kubernetes.io/arch"
_CLOUDS = "amd64"


def _check(stack: StackView, settings: Settings) -> Iterator[Finding]:
    known = archs_of_images(stack.images)
    for container in stack.containers:
        if container.target == CLOUDRUN:
            yield from _lacking(container, {_CLOUDS}, "an instance of Cloud Run", known)
    for machine in stack.machines:
        if machine.device_class == SINGLE_BOARD:
            continue
        for container in stack.on(machine):
            if container.target == DOCKER and machine.arch:
                yield from _lacking(container, {arch_of(machine.arch)}, machine.name, known)
        for pod, named in stack.pods_on(machine):
            yield from _of_pod(pod, named, machine, known)


def _of_pod(pod: PodView, named: str, machine: MachineView, known: Mapping[str, set[str]]) -> Iterator[Finding]:
    """A pod may land on any node its selector allows: its images must support all of them."""
    nodes = {arch_of(pool.arch) for pool in machine.pools if pool.arch and named in ("", pool.name)}
    wanted = arch_of(pod.node_selector.get(_ARCH_LABEL, ""))
    if wanted and nodes and wanted not in nodes:
        where = f"pool {named}" if named else "every pool"
        problem = f"node_selector requires {wanted}, but {where} of {machine.name} is {listed(nodes)}: it stays pending"
        remedy = f"use images for {listed(nodes)}, or add a pool of {wanted} nodes"
        yield Finding("node_selector", problem, remedy, of=pod)
        return
    for container in pod.containers:
        yield from _lacking(container, {wanted} if wanted else nodes, f"a node of {machine.name} it may land on", known)


def _lacking(container: ContainerView, archs: set[str], where: str, known: Mapping[str, set[str]]) -> Iterator[Finding]:
    has = archs_of(container, known)
    lacking = archs - has
    if has and lacking:
        problem = f"image is for {listed(has)} only, but {where} is {listed(lacking)}, so it fails to exec"
        yield Finding("image", problem, of=container)


RULE = StackRule(
    id="D07",
    name="image-platform",
    level=Level.MANDATORY,
    severity=Severity.MEDIUM,
    summary="An image supports the architecture of the machine, nodes or cloud it runs on.",
    remedy="use an image for that architecture and state it in containers.<name>.image.platforms, or move the group",
    elsewhere="build or pull the image for that architecture, or run it elsewhere",
    on_cluster=f"use an image for all nodes, or restrict it to matching nodes by node selector {_ARCH_LABEL}",
    reads=(
        "containers.image", "containers.labels", "images.platforms", "machines.arch", "machines.pools",
        "pods.node_selector",
    ),
    check=_check,
)  # fmt: skip
