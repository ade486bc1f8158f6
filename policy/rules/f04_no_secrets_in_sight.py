"""F04: no credential is readable by everyone who may inspect a container.

Environment, labels and arguments appear in `docker inspect`, in crash reports and in child processes. Messages never
contain the value.
"""

from __future__ import annotations

from collections.abc import Iterator

from fleet.source.secrets import NAMED, find_named, find_secret, holds_secret_value, secret_words
from policy.core.rule import ContainerRule, Finding, Level, ResourceCheck, Settings, Severity
from policy.views.container import ContainerView
from policy.views.kubernetes import DataView, ObjectView
from policy.views.stack import ImageView

_WHY = "which anyone who may inspect the container can read (value not shown)"

_ALL = "which anyone who may read the namespace can see (value not shown)"
_IN_IMAGE = "which the image's history shows to all who pull it (value not shown)"
_FIX = "move it to a Secret mounted as a file, and revoke this one"
_FIX_IMAGE = "pass it as a build secret (`RUN --mount=type=secret`), and revoke this one"


def _check(container: ContainerView, settings: Settings) -> Iterator[Finding]:
    for name, value in container.env:
        label = "an entry" if holds_secret_value(name) else name
        if problem := _problem("" if name.upper() in settings["ignored"] else name, value, is_entry=label != name):
            yield Finding("env", f"env {label} {problem}, {_WHY}")
    for label, value in container.labels.items():
        if kind := find_secret(value):
            yield Finding("labels", f"label {label} holds a credential ({kind}), {_WHY}")
    for index, kind in secret_words(container.args):
        yield Finding("args", f"args holds a credential as word {index + 1} ({kind}), {_WHY}")
    for command in container.check_commands:
        for index, kind in secret_words(command):
            yield Finding("check_commands", f"a check holds a credential as word {index + 1} ({kind}), {_WHY}")
    for name, value in container.check_headers:
        if kind := find_named(name, value):
            yield Finding("check_headers", f"header {name} of a check holds a credential ({kind}), {_WHY}")


def _problem(name: str, value: str, *, is_entry: bool = False) -> str:
    """What is wrong with a named value; empty if nothing is. is_entry: its name is a credential."""
    kind = "format" if is_entry else find_named(name, value)
    if kind == NAMED:
        return "is named like a credential and has a value"
    return f"holds a credential{'' if is_entry else f' ({kind})'}" if kind else ""


def _check_image(image: ImageView, settings: Settings) -> Iterator[Finding]:
    for name, value in image.arguments.items():
        if problem := _problem("" if name.upper() in settings["ignored"] else name, value):
            yield Finding("arguments", f"build argument {name} {problem}, {_IN_IMAGE}", _FIX_IMAGE)


def _check_config_map(view: DataView, settings: Settings) -> Iterator[Finding]:
    for name, value in view.data.items():
        is_ignored = name.upper() in settings["ignored"] or "\n" in value
        if problem := _problem("" if is_ignored else name, value):
            yield Finding("data", f"data {name} {problem}, {_ALL}", _FIX)
    yield from _in_texts(view, "labels", "annotations")


def _in_texts(view: ObjectView, *fields: str) -> Iterator[Finding]:
    for field in fields:
        for name, value in getattr(view, field).items():
            if kind := find_secret(value):
                yield Finding(field, f"{field} hold a credential under {name} ({kind}), {_ALL}", _FIX)


_READS = ("env", "labels", "args", "check_commands", "check_headers")
_TEXTS = ("labels", "annotations", "pod_labels", "pod_annotations")
_RUN_TEXTS = ("labels", "annotations", "annotations_inside")
_DATA = ("data", "labels", "annotations")

RULE = ContainerRule(
    id="F04",
    name="no-secrets-in-sight",
    level=Level.MANDATORY,
    severity=Severity.CRITICAL,
    waivable=False,
    summary="No variable, label, annotation, command, health check, build argument or config map holds a credential.",
    remedy="list it under containers.<name>.secrets, which mounts it as a file, and revoke this one",
    elsewhere="mount it as a file, with its path in <NAME>_FILE, and revoke this one",
    on_cluster="mount it from a Secret as a file, with its path in <NAME>_FILE, and revoke this one",
    sources=("CKV_K8S_35", "KSV-0109", "KSV-01010", "DS-0031", "CIS Docker 4.10", "KubeLinter env-var-secret"),
    defaults={"ignored": ()},
    reads=_READS,
    each=_READS,
    check=_check,
    resources=(
        ResourceCheck(of="pods", reads=_TEXTS, each=_TEXTS, check=lambda pod, _: _in_texts(pod, *_TEXTS)),
        ResourceCheck(of="runs", reads=_RUN_TEXTS, each=_RUN_TEXTS, check=lambda run, _: _in_texts(run, *_RUN_TEXTS)),
        ResourceCheck(of="images", reads=("arguments",), each=("arguments",), check=_check_image),
        ResourceCheck(of="config_maps", reads=_DATA, each=_DATA, check=_check_config_map),
    ),
)
