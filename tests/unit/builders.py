"""What tests build on: a copy of the shipped project with changes to its text, and small groups and stacks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

import fleet.load.project
from fleet.load.project import Project
from fleet.model import Fleet
from fleet.plan.deployment import Deployment
from fleet.plan.planned_container import PlannedContainer
from fleet.plan.planner import plan_stack
from fleet.source.document import Document, read_document
from fleet.source.faults import ConfigurationError, Fault
from fleet.source.image_locks import lock_base

ROOT = Path(__file__).resolve().parents[2]
LATER = (date.today() + timedelta(days=400)).isoformat()
"""A last day of waivers and exceptions: far enough for every warning, near enough to be one."""

STACKS = ("mainpc", "pc2", "local")

Change = Callable[[str], str] | str | bytes | None
"""What to do with a file: a function of its text, its whole new content, or None to leave it out."""


def write_project(folder: Path, /, **changes: Change) -> Path:
    """Writes the shipped stack and group files below a folder, with changes by file.

    A change is named after its stack or group, dashes written as underscores (`mainpc`, `vision_gpu`); a stack that is
    not shipped is named `stack_<name>`.
    """
    texts: dict[str, Change] = dict(_shipped())
    for name, change in changes.items():
        file = file_of(name)
        texts[file] = change(str(texts[file])) if callable(change) else change
    for file, text in texts.items():
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        if text is None:
            path.unlink(missing_ok=True)
        elif isinstance(text, bytes):
            path.write_bytes(text)
        else:
            path.write_text(str(text), encoding="utf-8")
    return folder


def write_locks(folder: Path) -> Path:
    """Adds the agents' Dockerfiles and, for each shipped lock, one of the same pins without a base."""
    for name in ("images/agent-host/Dockerfile", "images/agent/Dockerfile"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text((ROOT / name).read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "images/agent/locks").mkdir(exist_ok=True)
    for lock in (ROOT / "images/agent/locks").glob("*.txt"):
        (folder / "images/agent/locks" / lock.name).write_text(_pins(lock), encoding="utf-8")
    return folder


@cache
def _pins(lock: Path) -> str:
    """What a lock and its base pin, as one lock without a base."""
    text = lock.read_text(encoding="utf-8")
    base = lock_base(text)
    own = "".join(f"{line}\n" for line in text.splitlines() if "==" in line)
    return own + (_pins(lock.with_stem(base)) if base else "")


def swap(old: str, new: str) -> Callable[[str], str]:
    """Replaces a text that stands in the file exactly once."""

    def change(text: str) -> str:
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in\n{text}"
        return text.replace(old, new)

    return change


def under(anchor: str, *lines: str) -> Callable[[str], str]:
    """Adds lines below the one line that holds the anchor."""

    def change(text: str) -> str:
        at = _line_with(text, anchor)
        before, after = text.splitlines()[:at], text.splitlines()[at:]
        return "\n".join([*before, *lines, *after]) + "\n"

    return change


def chain(*changes: Callable[[str], str]) -> Callable[[str], str]:
    """Several changes of one file, one after the other."""

    def change(text: str) -> str:
        for step in changes:
            text = step(text)
        return text

    return change


def file_of(name: str) -> str:
    """`mainpc` -> `Pulumi.mainpc.yaml`, `vision_gpu` -> `groups/assistant/vision-gpu.yaml`."""
    if name in STACKS or name.startswith("stack_"):
        return f"Pulumi.{name.removeprefix('stack_').replace('_', '-')}.yaml"
    return f"groups/assistant/{name.replace('_', '-')}.yaml"


def place(project: Path, name: str, anchor: str) -> str:
    """`file:line` of the one line of a file that holds the anchor."""
    file = file_of(name)
    return f"{file}:{_line_with((project / file).read_text(encoding='utf-8'), anchor)}"


def _line_with(text: str, anchor: str) -> int:
    found = [number for number, line in enumerate(text.splitlines(), start=1) if anchor in line]
    assert len(found) == 1, f"{anchor!r} stands in lines {found} of\n{text}"
    return found[0]


@cache
def _shipped() -> dict[str, str]:
    files = [*ROOT.glob("Pulumi.*.yaml"), *ROOT.glob("groups/assistant/*.yaml")]
    wanted = [file for file in files if file.parent != ROOT or file.name.split(".")[1] in STACKS]
    return {str(file.relative_to(ROOT)): file.read_text(encoding="utf-8") for file in sorted(wanted)}


def load_project(root: Path) -> Project:
    """Loads a project; a text that was read before is not read again, which is most of the time of a load."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fleet.load.project, "read_document", _read_once)
        return fleet.load.project.load_project(root)


def _read_once(file: Path, source: str, text: str | None = None) -> tuple[Document, list[Fault]]:
    key = (text.encode() if text is not None else file.read_bytes() if file.is_file() else file, source)
    if key not in _documents:
        _documents[key] = read_document(file, source, text)
    document, faults = _documents[key]
    return document, list(faults)


_documents: dict[tuple[bytes | Path, str], tuple[Document, list[Fault]]] = {}


def faults_of(project: Path) -> list[str]:
    """Every fault of a project, as people read it."""
    try:
        load_project(project)
    except ConfigurationError as error:
        return ["\n".join(fault.lines()) for fault in error.faults]
    return []


def assert_refused(folder: Path, name: str, anchor: str, message: str, **changes: Change) -> None:
    """The changed project has one fault: at the line of file `name` that holds the anchor, saying the message."""
    project = write_project(folder, **changes)
    assert faults_of(project) == [f"{place(project, name, anchor)}: {message}"]


def assert_accepted(folder: Path, **changes: Change) -> Project:
    """The changed project has no fault; returns it loaded."""
    project = write_project(folder, **changes)
    try:
        return load_project(project)
    except ConfigurationError as error:
        return pytest.fail(error.text())


@cache
def shipped() -> Fleet:
    """The fleet as shipped, without the folder its images are built from: their tags do not change with it."""
    with TemporaryDirectory() as folder:
        return load_project(write_project(Path(folder))).fleet


def planned(stack: str, fleet: Fleet | None = None) -> Deployment:
    """The plan of a stack, of the shipped fleet unless another is given."""
    return plan_stack(fleet or shipped(), stack)


def agent_containers(stack: str, fleet: Fleet | None = None) -> list[PlannedContainer]:
    """The containers of a stack's groups, without what shares cards between them."""
    return [found for group in planned(stack, fleet).groups for found in group.containers]


def container(deployment: Deployment, name: str) -> PlannedContainer:
    """A container of a plan by its name."""
    return next(found for found in deployment.containers if found.name == name)


def small_group(**keys: str) -> str:
    """Text of a group `small` and the like: one CPU container; `main` adds lines to it, `top` to the file."""
    image = keys.get("image", "build: {}")
    given = keys.get("main", "")
    runs = any(key in given for key in ("agents:", "command: [/bin/own"))
    program = "" if runs or not image.startswith("build:") or "context" in image else "\ncommand: [/bin/serve]"
    main = "\n".join(f"    {line}" for line in f"{given}{program}".splitlines())
    return (
        f"{keys.get('top', '')}\n"
        "containers:\n"
        "  main:\n"
        f"    {image}\n"
        "    memory: {request: 64MiB}\n"
        "    cpu: {request: 100m, limit: 100m}\n"
        f"{main}\n"
    )


def small_stack(name: str, *groups: str, **machine: str) -> str:
    """Text of a stack file: one machine, its keys overridden or added by `machine`, and the groups it runs."""
    keys = {
        "name": name,
        "title": name.upper(),
        "class": "workstation",
        "arch": "amd64",
        "connection": f"ssh://owner@{name}.lan",
        "cpus": "4",
        "memory": "8GiB",
        "network": f"{{name: {name}_internal, subnet: 10.210.77.0/24}}",
        **{key.rstrip("_"): value for key, value in machine.items()},
    }
    lines = [f"    {key}: {value}" for key, value in keys.items() if value]
    head = ["config:", '  pulumi:disable-default-providers: ["*"]', "  fleet:machine:"]
    return "\n".join([*head, *lines, f"  fleet:groups: [{', '.join(groups)}]", ""])


def with_pi(text: str, **machine: str) -> dict[str, Change]:
    """A third machine `pi` that runs one small group `small`."""
    return {"small": text, "stack_pi": small_stack("pi", "small", **machine)}
