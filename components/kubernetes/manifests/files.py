"""Files of the project in a pod: a ConfigMap of the group, and a mount for each file."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator

from components.objects import Object
from fleet.plan.deployment import PlannedGroup
from fleet.plan.planned_container import PlannedContainer
from fleet.source.text_file import UnreadableError, ensure_printable

FILES_SUFFIX = ".files"
"""Of the ConfigMap's name, after the group's: no group has a dot in its name."""

_READABLE_BY_ALL = 0o444


def file_data(group: PlannedGroup) -> Object:
    """`data` and `binaryData` of the ConfigMap; empty without files."""
    text: dict[str, str] = {}
    binary: dict[str, str] = {}
    for container in group.containers:
        for index, file in enumerate(container.files):
            key = _key(container, index)
            if (found := _text(file.content)) is not None:
                text[key] = found
            else:
                binary[key] = base64.b64encode(file.content).decode()
    return {**({"data": text} if text else {}), **({"binaryData": binary} if binary else {})}


def files_digest(group: PlannedGroup) -> str:
    """16 hex digits over the files of a group, so that a change restarts its pods; empty without files."""
    digest = hashlib.sha256()
    files = [(container.key, file) for container in group.containers for file in container.files]
    for key, file in files:
        digest.update(f"{key} {file.path} {hashlib.sha256(file.content).hexdigest()}\n".encode())
    return digest.hexdigest()[:16] if files else ""


def file_volumes(group: PlannedGroup) -> Iterator[tuple[str, Object]]:
    """Name and source of the volume with a container's files."""
    for container in group.containers:
        if container.files:
            items = [{"key": _key(container, index), "path": str(index)} for index in range(len(container.files))]
            yield (
                _volume(container),
                {"configMap": {"name": f"{group.name}{FILES_SUFFIX}", "items": items, "defaultMode": _READABLE_BY_ALL}},
            )


def file_mounts(container: PlannedContainer) -> list[Object]:
    """A mount for each file: one of their folder would hide the image's own files there."""
    return [
        {"name": _volume(container), "mountPath": file.path, "subPath": str(index), "readOnly": True}
        for index, file in enumerate(container.files)
    ]


def _text(content: bytes) -> str | None:
    try:
        text = content.decode()
        ensure_printable(text)
    except (UnicodeDecodeError, UnreadableError):
        return None
    return text


def _key(container: PlannedContainer, index: int) -> str:
    return f"{container.key}.{index}"


def _volume(container: PlannedContainer) -> str:
    return f"files-{container.key}"
