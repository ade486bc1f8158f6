"""What all Kubernetes objects have: metadata, and label selectors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypedDict

from policy.readers.values import Properties
from policy.views.label_selectors import Requirement, Selector
from policy.views.scalars import as_text


class Metadata(TypedDict):
    """What an ObjectView takes from metadata."""

    subject: str
    kind: str
    name: str
    namespace: str
    labels: Mapping[str, str]
    annotations: Mapping[str, str]


def metadata(given: Properties, subject: str, kind: str) -> Metadata:
    """Fields of any object; without a name the provider generates one from the logical name."""
    meta = given.nested("metadata", "name")
    if "name" in given.unknown:  # All of it: nothing in it is known either.
        given.unknown.update(("namespace", "labels", "annotations"))
    return {
        "subject": subject,
        "kind": kind,
        "name": meta.text("name", "name") or subject,
        "namespace": meta.text("namespace", "namespace") or "",
        "labels": texts_of(meta, "labels", "labels"),
        "annotations": texts_of(meta, "annotations", "annotations"),
    }


def texts_of(given: Properties, key: str, field: str) -> Mapping[str, str]:
    """A mapping of texts to texts."""
    return {name: text for name, item in given.mapping(key, field).items() if (text := as_text(item)) is not None}


def selector(given: Properties, field: str) -> Selector:
    """A LabelSelector's `matchLabels` and `matchExpressions`."""
    return Selector(texts_of(given, "matchLabels", field), tuple(_requirements(given, field)))


def selector_at(given: Properties, key: str, field: str) -> Selector | None:
    """The selector under a key; None where there is none."""
    return selector(given.nested(key, field), field) if given.has(key) else None


def _requirements(given: Properties, field: str) -> Iterator[Requirement]:
    for entry in given.entries("matchExpressions", field):
        values = tuple(entry.texts("values", field))
        yield Requirement(entry.text("key", field) or "", entry.text("operator", field) or "", values)
