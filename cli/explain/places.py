"""The line of a file that a policy result points at: that of the key which decides the field."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

from cli.preview.program import Run
from components.listing import Entry
from fleet.source.document import Document
from fleet.source.locations import NAMESPACE
from policy.engine.judge import Verdict
from policy.readers.stack import stack_view
from policy.views.container import ContainerView
from policy.views.keys import Key, Scope, keys_of
from policy.views.stack import StackView

_Place = tuple[Scope, tuple[str, ...]]


def place_of(verdict: Verdict, run: Run) -> str | None:
    """`file:line` of a verdict in a group's file or the stack's; None for resources declared in neither."""
    name, _, container = verdict.resource.partition("/")
    entry = run.entries.get(name)
    if entry is None or (container and container not in entry.containers):
        return None
    if entry.type.startswith("docker:") and entry.containers:
        (container,) = entry.containers
    views = [ContainerView] if container else _views_of(name, run)
    key = next((keys_of(view)[verdict.field] for view in views if verdict.field in keys_of(view)), None)
    own = _own(entry, container)
    return _first([*_places(key, entry, own)] or [own], entry, run)


def _views_of(name: str, run: Run) -> Iterator[type]:
    """Classes of the views that rules have of a resource."""
    stack = stack_view([resource for resource in run.resources if resource.name == name])
    views = (view for field in fields(StackView) if field.name != "urns" for view in getattr(stack, field.name))
    return (type(view) for view in views if view.subject == name)


def _own(entry: Entry, container: str) -> _Place:
    """The key that declares a resource."""
    if container:
        return Scope.GROUP, ("containers", container)
    if entry.volume:
        return Scope.GROUP, ("volumes", entry.volume)
    return (Scope.GROUP, ()) if entry.group else (Scope.STACK, entry.part)


def _places(key: Key | None, entry: Entry, own: _Place) -> Iterator[_Place]:
    for path in key.paths if key else ():
        parts = tuple(part.format(group=entry.group, volume=entry.volume) for part in path.split("."))
        if key and key.scope is Scope.OWN:
            yield own[0], (*own[1], *parts)
        elif key and (key.scope is Scope.STACK or entry.group):
            yield key.scope, parts


def _first(places: list[_Place], entry: Entry, run: Run) -> str:
    """The first key that its file has, else the nearest parent of the last."""
    found = [_in_file(scope, keys, entry, run) for scope, keys in places]
    document, path = next(((document, path) for document, path in found if path in document.lines), found[-1])
    source, line = document.place(path)
    return f"{source}:{line or 1}"


def _in_file(scope: Scope, keys: tuple[str, ...], entry: Entry, run: Run) -> tuple[Document, tuple[str, ...]]:
    sources = run.project.sources
    if scope is Scope.GROUP and entry.group and entry.group in sources.groups:
        return sources.groups[entry.group], keys
    # No file declares what the plan adds, such as the MPS daemon of a card.
    keys = keys if scope is Scope.STACK else entry.part
    return sources.stacks[run.deployment.stack], ("config", f"{NAMESPACE}{keys[0]}", *keys[1:])
