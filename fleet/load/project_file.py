"""The project's own file, `Pulumi.yaml`: its name and runtime, without which Pulumi runs nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from fleet.source.document import Document
from fleet.source.faults import Fault
from fleet.source.redaction import shown

NAME = "Pulumi.yaml"

_PROJECT_NAME = re.compile(r"[A-Za-z0-9_.-]{1,100}")
"""By Pulumi's ValidateProjectName (sdk/go/common/tokens)."""


def ensure_the_project_can_run(document: Document) -> Iterator[Fault]:
    """Pulumi takes the name and finds Python."""
    if document.value is None:
        return
    name, runtime = document.value.get("name"), document.value.get("runtime")
    if not isinstance(name, str) or not _PROJECT_NAME.fullmatch(name):
        problem = "is missing" if name is None else f"{shown(name)} is not a project's name"
        yield _fault(document, "name", problem, "write `name: fleet`: letters, digits, hyphens, underscores and dots")
    language = runtime.get("name") if isinstance(runtime, dict) else runtime
    if language != "python":
        problem = "is missing" if language is None else f"{shown(language)} does not run this program"
        yield _fault(document, "runtime", problem, "write `runtime: {name: python}` with its options")


def _fault(document: Document, key: str, problem: str, remedy: str) -> Fault:
    return Fault(*document.place((key,)), key, problem, remedy)
