"""G18: a volume for a single writer has one writer."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.labels import GROUP, VOLUME_WRITERS
from policy.core.rule import Finding, Level, Settings, Severity, StackRule
from policy.views.container import VOLUME, ContainerView
from policy.views.stack import StackView


def _check(stack: StackView, settings: Settings) -> Iterator[Finding]:
    single = {(volume.host, volume.name) for volume in stack.volumes if volume.labels.get(VOLUME_WRITERS) == "one"}
    writers: dict[tuple[str, str], list[ContainerView]] = {}
    for container in stack.containers:
        written = {mount.source for mount in container.mounts if mount.kind == VOLUME and not mount.read_only}
        for source in sorted(written):
            key, what = (container.host, source), f'mounts writes to volume "{source}"'
            if key not in single:
                continue
            if container.replicas > 1:
                problem = f"{what} from {container.replicas} replicas; two corrupt its files"
                yield Finding("mounts", problem, "run one replica", of=container)
            others = writers.setdefault(key, [])
            if first := next((_of(other) for other in others if _overlap(other, container)), None):
                problem = f"{what}, and so does {first.rpartition('::')[2]}; two writers corrupt its files"
                yield Finding("mounts", problem, of=container)
            others.append(container)


def _of(container: ContainerView) -> str:
    return container.urn or container.subject


def _overlap(one: ContainerView, other: ContainerView) -> bool:
    """Whether two containers may run at once: one that runs to its end first, in the same group, does not."""
    group = one.labels.get(GROUP)
    takes_turns = one.one_shot is not other.one_shot and group is not None and group == other.labels.get(GROUP)
    return _of(one) != _of(other) and not takes_turns


RULE = StackRule(
    id="G18",
    name="single-writer",
    level=Level.MANDATORY,
    severity=Severity.HIGH,
    summary="A volume labelled for one writer is mounted writable by only one container.",
    remedy="set containers.<name>.mounts.<volume>.read_only to true, and access the data through its owner",
    elsewhere="mount it read-only in all containers but one",
    reads=("containers.mounts", "containers.restart", "containers.labels", "volumes.labels"),
    check=_check,
)
