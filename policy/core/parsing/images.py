"""Parsed image references."""

from __future__ import annotations

import re

from fleet.frozen import dataclass

_IMAGE_ID = re.compile(r"^sha256:[0-9a-f]{64}$")


@dataclass(frozen=True, slots=True)
class ImageReference:
    """`registry/repository:tag@digest`; missing parts are empty."""

    registry: str
    repository: str
    tag: str
    digest: str


def parse_image(reference: str | None) -> ImageReference | None:
    """Parses a reference; None for an image id, and if there is none.

    `RemoteImage.image_id` is such an id: the name is in that resource, and the id already pins the content, so there is
    neither a tag nor a registry to judge.
    """
    if reference is None or _IMAGE_ID.match(reference):
        return None
    name, _, digest = reference.partition("@")
    first, slash, rest = name.partition("/")
    registry = first if slash and ("." in first or ":" in first or first == "localhost") else ""
    path = rest if registry else name
    head, colon, tag = path.rpartition(":")
    repository, tag = (head, tag) if colon and "/" not in tag else (path, "")
    return ImageReference(registry, repository, tag, digest)
