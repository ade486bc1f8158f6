"""F04: no credential is readable by everyone who may inspect a container.

Environment, labels and arguments appear in `docker inspect`, in crash reports and in child processes. Messages never
contain the value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from fleet.source.redaction import holds_secret_value, names_a_secret
from policy.core.rule import ContainerRule, Finding, Level, ResourceCheck, Settings, Severity
from policy.views.container import ContainerView
from policy.views.kubernetes import DataView, ObjectView

_MORE_NAMES = re.compile(r"(((^|_)(?<!PUBLIC_)KEY)|TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|_PWD|CREDENTIALS?)$")
"""Names with these endings hold a credential: OPENAI_KEY, PGPASSWORD."""

_PATH = re.compile(r"^/[\w.-]+(/[\w.-]+)+$")
_HARMLESS = re.compile(r"^(true|false|yes|no|on|off|none|null|\d{1,6})$", re.IGNORECASE)
_PASSWORD = re.compile(r"PASS|PWD", re.IGNORECASE)
_WHY = "which anyone who may inspect the container can read (value not shown)"

_ALL = "which anyone who may read the namespace can see (value not shown)"
_FIX = "move it to a Secret mounted as a file, and revoke this one"


def _check(container: ContainerView, settings: Settings) -> Iterator[Finding]:
    for name, value in container.env:
        if holds_secret_value(name) or holds_secret_value(value):
            label = "an entry" if holds_secret_value(name) else name
            yield Finding("env", f"env {label} holds a credential, {_WHY}")
        elif value and _is_named_like_a_secret(name, settings) and not _is_harmless(name, value):
            yield Finding("env", f"env {name} is named like a credential and has a value, {_WHY}")
    for label, value in container.labels.items():
        if holds_secret_value(value):
            yield Finding("labels", f"label {label} holds a credential, {_WHY}")
    for position, word in enumerate(container.args, start=1):
        if holds_secret_value(word):
            yield Finding("args", f"args holds a credential as word {position}, {_WHY}")


def _check_config_map(view: DataView, settings: Settings) -> Iterator[Finding]:
    for name, value in view.data.items():
        if holds_secret_value(value):
            yield Finding("data", f"data {name} holds a credential, {_ALL}", _FIX)
        elif value and "\n" not in value and _is_named_like_a_secret(name, settings) and not _is_harmless(name, value):
            yield Finding("data", f"data {name} is named like a credential and has a value, {_ALL}", _FIX)
    yield from _in_texts(view, "labels", "annotations")


def _in_texts(view: ObjectView, *fields: str) -> Iterator[Finding]:
    for field in fields:
        for name, value in getattr(view, field).items():
            if holds_secret_value(value):
                yield Finding(field, f"{field} hold a credential under {name}, {_ALL}", _FIX)


def _is_named_like_a_secret(name: str, settings: Settings) -> bool:
    upper = name.upper()
    if upper.endswith(("_FILE", "_PATH", "_DIR")) or upper in settings["ignored"]:
        return False
    return names_a_secret(name) or _MORE_NAMES.search(upper) is not None


def _is_harmless(name: str, value: str) -> bool:
    """The path of a secret's file; a number or a switch, unless it may be a password."""
    return _PATH.match(value) is not None or (_HARMLESS.match(value) is not None and not _PASSWORD.search(name))


_TEXTS = ("labels", "annotations", "pod_labels", "pod_annotations")
_RUN_TEXTS = ("labels", "annotations", "annotations_inside")
_DATA = ("data", "labels", "annotations")

RULE = ContainerRule(
    id="F04",
    name="no-secrets-in-sight",
    level=Level.MANDATORY,
    severity=Severity.CRITICAL,
    waivable=False,
    summary="No environment variable, label, annotation, argument or config map holds a credential.",
    remedy="list it under containers.<name>.secrets, which mounts it as a file, and revoke this one",
    elsewhere="mount it as a file, with its path in <NAME>_FILE, and revoke this one",
    on_cluster="mount it from a Secret as a file, with its path in <NAME>_FILE, and revoke this one",
    sources=("CKV_K8S_35", "KSV-0109", "KSV-01010", "DS-0031", "CIS Docker 4.10", "KubeLinter env-var-secret"),
    defaults={"ignored": ()},
    reads=("env", "labels", "args"),
    each=("env", "labels", "args"),
    check=_check,
    resources=(
        ResourceCheck(of="pods", reads=_TEXTS, each=_TEXTS, check=lambda pod, _: _in_texts(pod, *_TEXTS)),
        ResourceCheck(of="runs", reads=_RUN_TEXTS, each=_RUN_TEXTS, check=lambda run, _: _in_texts(run, *_RUN_TEXTS)),
        ResourceCheck(of="config_maps", reads=_DATA, each=_DATA, check=_check_config_map),
    ),
)
