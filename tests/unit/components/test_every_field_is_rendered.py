"""Nothing that is planned for a container is lost: each target renders it, or says what becomes of it.

Each field is changed, and the change must show in what a target renders. Where it does not, the target lists the
field's feature as one it changes or lacks, or `UNRENDERED` says where the field takes effect instead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass, make_dataclass, replace
from datetime import date
from enum import Enum
from functools import cache
from typing import Any

import pytest
from pydantic import BaseModel

from components.cloudrun import knative
from components.cloudrun.render import render as render_cloud
from components.docker.compose import compose_file
from components.docker.render import render_container
from components.kubernetes.render import render as render_cluster
from fleet.model import Arch, Fleet, RunAs, Target
from fleet.network.addresses import AddressBook
from fleet.plan.deployment import Deployment
from fleet.plan.environment import environment
from fleet.plan.labelling import container_labels
from fleet.plan.planned_container import (
    PlannedContainer,
    PlannedFile,
    PlannedMount,
    PublishedPort,
)
from fleet.plan.planner import plan_stack
from fleet.targets.features import FIELDS, Level
from fleet.targets.registry import profile
from tests import trial_cloud, trial_cluster
from tests.unit.builders import shipped

Samples = Sequence[tuple[str, str]]
"""Group and key of containers; between them they have a volume, a GPU, secrets and a sidecar's place."""

_IDENTITY = ("group", "key")
"""Which container it is: with another group or key it would be another one."""
_ADDED: Mapping[str, Any] = {
    "archs": (Arch.ARM64,),
    "device_groups": (4711,),
    "files": (PlannedFile("/etc/app/config.yaml", "config/app.yaml", b"level: info"),),
    "ports": (PublishedPort("192.168.7.9", 4711, 4711, "tcp"),),
    "restart": "no",
    "secrets": ("hub-token",),
    "hardening.executable": ("/tmp",),
    "secret_env": {"TOKEN": "hub-token"},
    "hardening.run_as": RunAs(uid=12345, gid=12345),
    "hardening.seccomp": "unconfined",
    "hardening.capabilities": ("CAP_CHOWN",),
}
"""Values that no rule below would make."""


@dataclass(frozen=True)
class Output:
    """What a target makes of a deployment.

    main: whether it is what `pulumi up` registers, and not an export; left_out: fields that an export need not carry.
    """

    target: Target
    render: Callable[[Deployment], object]
    fleet: Callable[[], Fleet]
    stack: str
    samples: Samples
    main: bool = True
    left_out: Sequence[str] = ()


def _of_docker(deployment: Deployment) -> object:
    return [render_container(container, deployment) for container in deployment.containers]


def _of_knative(deployment: Deployment) -> object:
    services = [knative.service(group, deployment) for group in knative.services(deployment)]
    return [*knative.shared_objects(deployment), *services]


@cache
def _cluster() -> Fleet:
    cards = {"nodes": 1, "cpus": 8, "memory": "32GiB", "gpu": {"model": "L40", "memory": "48GiB"}}
    return trial_cluster.trial_project(machine={"cluster": {"node_pools": {"larger": cards}}}).fleet


@cache
def _cloud() -> Fleet:
    return trial_cloud.trial_project().fleet


_ON_HOST = (("vision-gpu", "main"), ("audio-emotion", "streams"))
_ON_CLUSTER = (("store", "main"), ("brain", "main"))
_ON_CLOUD = (("front", "main"), ("store", "main"), ("brain", "main"))
_TRIAL = trial_cluster.STACK
_FOR_POLICIES = ("labels", "gpu.cards", "gpu.request_mib", "gpu.processes", "gpu.enforcement")
"""Read from labels by policies, which judge what is registered and no export."""
OUTPUTS = {
    "docker": Output(Target.DOCKER, _of_docker, shipped, "mainpc", _ON_HOST),
    "compose": Output(Target.DOCKER, compose_file, shipped, "mainpc", _ON_HOST, main=False),
    "kubernetes": Output(Target.KUBERNETES, render_cluster, _cluster, _TRIAL, _ON_CLUSTER),
    "cloudrun": Output(Target.CLOUDRUN, lambda plan: render_cloud(plan, date(2026, 1, 1)), _cloud, _TRIAL, _ON_CLOUD),
    "knative": Output(Target.CLOUDRUN, _of_knative, _cloud, _TRIAL, _ON_CLOUD, main=False, left_out=_FOR_POLICIES),
}
each_output = pytest.mark.parametrize("output", OUTPUTS.values(), ids=OUTPUTS)


def unhandled(output: Output, widen: Callable[[PlannedContainer], PlannedContainer] = lambda c: c) -> list[str]:
    """Paths of fields that an output loses, and its target does not say so. `widen` adds fields to a container."""
    target = profile(output.target)
    listed = {path for path, feature in FIELDS.items() if target.capabilities[feature].level is not Level.DOES}
    said = listed | target.unrendered.keys() | set(output.left_out)
    return [path for path in unrendered(output, widen) if not said.intersection(_and_parents(path))]


def _and_parents(path: str) -> Iterator[str]:
    """`a.b.c` -> `a.b.c`, `a.b`, `a`."""
    while path:
        yield path
        path = path.rpartition(".")[0]


def unrendered(output: Output, widen: Callable[[PlannedContainer], PlannedContainer] = lambda c: c) -> list[str]:
    """Paths of fields whose change no sample shows."""
    paths: dict[str, bool] = {}
    for deployment, container in _samples(output):
        wide = widen(container)
        before = output.render(_with(deployment, container, wide))
        for path, changed in _changes(wide, deployment):
            if not paths.get(path):
                changed = _with_what_follows(changed, output) if path.startswith("gpu.") else changed
                paths[path] = output.render(_with(deployment, container, changed)) != before
    return [path for path, shows in paths.items() if not shows]


def _samples(output: Output) -> Iterator[tuple[Deployment, PlannedContainer]]:
    """Each sample as it is; restarted a few times only; and checked by a command alone."""
    deployment = plan_stack(output.fleet(), output.stack)
    for group, key in output.samples:
        container = next(c for c in deployment.containers if (c.group, c.key) == (group, key))
        for variant in (
            container,
            replace(container, restart="on-failure"),
            replace(container, health=replace(container.health, http=None)),
        ):
            yield _with(deployment, container, variant), variant


def _with(deployment: Deployment, container: PlannedContainer, changed: PlannedContainer) -> Deployment:
    """A deployment with another container in a container's place."""
    groups = [
        replace(group, containers=tuple(changed if c is container else c for c in group.containers))
        for group in deployment.groups
    ]
    return replace(deployment, groups=tuple(groups))


def _with_what_follows(container: PlannedContainer, output: Output) -> PlannedContainer:
    """A container whose environment and labels follow from its GPU, as the planner makes them."""
    fleet = output.fleet()
    stack, group = fleet.stacks[output.stack], fleet.groups[container.group]
    book = AddressBook.of(fleet, stack)
    return replace(
        container,
        env=environment(group, container.key, stack, book, container.gpu),
        labels=container_labels(group, container.key, stack, container.gpu),
    )


def _changes(container: Any, deployment: Deployment, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """(path of a field, the container with another value there), nested values included."""
    names = type(container).model_fields if isinstance(container, BaseModel) else [f.name for f in fields(container)]
    for name in names:
        path, value = f"{prefix}{name}", getattr(container, name)
        if value is None or path in _IDENTITY:
            continue
        if path == "mounts":
            for inner, mounts in _mount_changes(value, deployment):
                yield f"{path}.{inner}", replace(container, mounts=mounts)
        elif path == "hardening" or is_dataclass(value):
            for inner, changed in _changes(value, deployment, f"{path}."):
                yield inner, replace(container, **{name: changed})
        else:
            changed = {name: _other(path, value, deployment)}
            yield (
                path,
                container.model_copy(update=changed) if not is_dataclass(container) else replace(container, **changed),
            )


def _mount_changes(
    mounts: tuple[PlannedMount, ...], deployment: Deployment
) -> Iterator[tuple[str, tuple[PlannedMount, ...]]]:
    mounted = [mount.volume for mount in mounts]
    other = next((key for key in deployment.volumes if key not in mounted), "".join(mounted[-1:]))
    for index, mount in enumerate(mounts):
        changes = {"volume": other, "path": "/elsewhere", "read_only": not mount.read_only}
        for name, value in changes.items():
            changed = replace(mount, **{name: value})
            yield name, (*mounts[:index], changed, *mounts[index + 1 :])


def _other(path: str, value: Any, deployment: Deployment) -> Any:
    """Another value for a field."""
    if path in _ADDED:
        return _ADDED[path] if value != _ADDED[path] else type(value)()
    if path == "gpu.cards":
        changed = {"device": "7", "allocator": "expandable_segments:True"}
        others = {card: gpu for card, gpu in deployment.machine.cards.items() if card not in value}
        return others or {f"{card}-2": gpu.model_copy(update=changed) for card, gpu in value.items()}
    if isinstance(value, Enum):
        return next(member for member in type(value) if member is not value)
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        # So much more that no floor hides it.
        return value * 10 + 7
    if isinstance(value, Mapping):
        return {**value, "/added": 7} if path == "hardening.tmpfs" else {**value, "ADDED": "192.168.7.9"}
    return f"{value}-other" if isinstance(value, str) else (*value, "/added")


@each_output
def test_no_field_of_a_container_is_lost_without_a_word(output: Output) -> None:
    assert unhandled(output) == []


@each_output
def test_a_field_that_is_new_and_forgotten_is_found(output: Output) -> None:
    wider = make_dataclass(
        "Wider", [("novel", int, field(default=1))], bases=(PlannedContainer,), frozen=True, slots=True, kw_only=True
    )
    found = unhandled(output, lambda c: wider(**{f.name: getattr(c, f.name) for f in fields(c)}))
    assert found == ["novel"]


@pytest.mark.parametrize("output", [o for o in OUTPUTS.values() if o.main], ids=lambda output: str(output.target))
def test_what_is_said_to_be_unrendered_is(output: Output) -> None:
    found = {name for path in unrendered(output) for name in _and_parents(path)}
    assert sorted(profile(output.target).unrendered.keys() - found) == []
