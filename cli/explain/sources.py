"""A deciding key as text: where it is written, its value, and the effect of changing it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from cli.diff.verdicts import replacing_fields, rolls
from cli.explain.stack import PlannedStack
from fleet.image_digests import AGENT_HOST, LOCKS, context_of
from fleet.provenance.keys import default_place
from fleet.provenance.search import Decider, Resource
from fleet.provenance.trial_files import File
from fleet.source.document import KeyPath
from fleet.source.redaction import redacted

_SHORT = 60


@dataclass(frozen=True, slots=True)
class Source:
    """One key that decides a value.

    state: `written`, `default` (not written: the model's default applies), `absent` (not written, without a default),
    `name`, `folder` (of the file itself) or `contents` (of the files an image is built from);
    place: `file:line` of the key or its nearest written parent; else a file or folder;
    default_place: `file:line` of the default in the model;
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
    """Describes a deciding key."""
    effect = effect_of(resource[0], [".".join(path) for path in decider.changes])
    file, node = decider.file, decider.node
    if file is None:
        image = str(decider.path[0])
        lock = f"{LOCKS}/{image}.txt"
        is_locked = image != AGENT_HOST and (stack.project.root / lock).is_file()
        place = lock if is_locked else context_of(image)
        return Source("contents", "contents", stack.project.fleet.image_contents[image], place, place, "", effect)
    if node is None:
        source = file.document.source
        value = file.name if decider.what == "name" else source.split("/")[1]
        return Source(f"its file's {decider.what}", decider.what, value, source, source, "", effect)
    place, written = file.place(decider.path)
    return Source(
        key=file.spelled(decider.path),
        state="written" if written else "absent" if node.value is None else "default",
        value=_text(_written(file, decider.path) if written else node.value),
        file=place.rpartition(":")[0],
        place=place,
        default_place="" if written else default_place(node.model, node.field),
        effect=effect,
    )


def effect_of(type_: str, fields: Iterable[str]) -> str:
    """The effect of changing these fields on a resource; without fields, that of the resource's own key."""
    paths = sorted(fields)
    if not paths:
        return "renames or removes the resource"
    if type_.startswith("fleet:"):
        return "changes only its record in the state"
    if replacing := replacing_fields(type_, paths):
        more = f" and {len(replacing) - 1} more" if len(replacing) > 1 else ""
        return f"replaces the resource ({replacing[0]}{more})"
    return f"updates it in place{' and starts new instances' if rolls(type_, paths) else ''}"


def _written(file: File, path: KeyPath) -> Any:
    value: Any = file.data
    for key in path:
        # A file that extends another removes a key with null.
        if isinstance(value, Mapping) and key not in value:
            return "null"
        value = value[key]
    return value


def _text(value: Any) -> str:
    """A value on one line; of a map or list, its keys or items."""
    if isinstance(value, Mapping):
        text = f"{{{', '.join(map(str, value))}}}"
    elif isinstance(value, list | tuple):
        text = f"[{', '.join(map(str, value))}]"
    else:
        text = "none" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
    text = redacted(" ".join(text.split()))
    return text if len(text) <= _SHORT else f"{text[: _SHORT - 3]}..."
