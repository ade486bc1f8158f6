"""A key that decides a value, as it is told: where it stands, what it says, and what another value of it would do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from cli.diff.verdicts import replacing_fields, starts_anew
from cli.explain.stack import PlannedStack
from fleet.image_digests import AGENT_HOST, LOCKS, context_of
from fleet.provenance.keys import default_place
from fleet.provenance.search import Decider, Resource
from fleet.provenance.trial_files import File
from fleet.redaction import redacted
from fleet.source.document import KeyPath

_SHORT = 60


@dataclass(frozen=True, slots=True)
class Source:
    """One key that decides a value.

    state: `written`, `default` (not written: the model decides), `absent` (not written, and without a default), `name`,
    `folder` (of the file itself) or `contents` (of the files an image is built from);
    place: `file:line` of the key, or of the nearest above it that is written; a file or folder where it is no key's;
    default_place: `file:line` of the default in our own code;
    effect: what another value of the key does to the resource.
    """

    key: str
    state: str
    value: str
    file: str
    place: str
    default_place: str
    effect: str


def source_of(decider: Decider, resource: Resource, stack: PlannedStack) -> Source:
    """What is told of a decider."""
    effect = effect_of(resource[0], [".".join(path) for path in decider.changes])
    if decider.file is None:
        place = _contents(str(decider.path[0]), stack)
        value = stack.project.fleet.image_contents[str(decider.path[0])]
        return Source("contents", "contents", value, place, place, "", effect)
    file = decider.file
    source = file.document.source
    if decider.node is None:
        value = file.name if decider.what == "name" else source.split("/")[1]
        return Source(f"its file's {decider.what}", decider.what, value, source, source, "", effect)
    place, written = file.place(decider.path)
    key = file.spelled(decider.path)
    where = place.rpartition(":")[0]
    if written:
        value = _written(file, decider.path)
        return Source(key, "written", value, where, place, "", effect)
    state = "absent" if decider.node.value is None else "default"
    ours = default_place(decider.node.model, decider.node.field)
    return Source(key, state, _text(decider.node.value), where, place, ours, effect)


def effect_of(type_: str, fields: Iterable[str]) -> str:
    """What a change of these fields does to a resource."""
    paths = sorted(fields)
    if not paths:
        return "makes another resource in its place, or none"
    if type_.startswith("fleet:"):
        return "changes nothing but the record of it"
    replacing = replacing_fields(type_, paths)
    if replacing:
        more = f" and {len(replacing) - 1} more" if len(replacing) > 1 else ""
        return f"replaces the resource ({replacing[0]}{more})"
    if starts_anew(type_, paths):
        return "updates it in place and starts new instances"
    return "updates it in place"


def _contents(image: str, stack: PlannedStack) -> str:
    lock = f"{LOCKS}/{image}.txt"
    if image != AGENT_HOST and (stack.project.root / lock).is_file():
        return lock
    return context_of(image)


def _written(file: File, path: KeyPath) -> str:
    value: Any = file.data
    for key in path:
        # A file that extends another drops a key of it with null.
        if isinstance(value, Mapping) and key not in value:
            return "null"
        value = value[key]
    return _text(value)


def _text(value: Any) -> str:
    """A value of a file on one line; of a map or list, its keys or items."""
    if isinstance(value, bool):
        text = str(value).lower()
    elif value is None:
        text = "none"
    elif isinstance(value, Mapping):
        text = "{" + ", ".join(map(str, value)) + "}"
    elif isinstance(value, list | tuple):
        text = "[" + ", ".join(map(str, value)) + "]"
    else:
        text = str(value)
    text = redacted(" ".join(text.split()))
    return text if len(text) <= _SHORT else f"{text[: _SHORT - 3]}..."
