"""Files of the project in a container."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from fleet.model.base import Breach, Form
from fleet.model.mount_points import ADDRESS_BOOK_PATH, SECRETS_PATH, MountPoint
from fleet.model.paths import SHARED_MEMORY, SYSTEM_FILES, SYSTEM_FOLDERS, SYSTEM_TREES, AbsolutePath, within
from fleet.source.project_files import NAME_IN_CONTAINER
from fleet.source.redaction import shown


def _copyable(path: str) -> str:
    for tree in (*SYSTEM_TREES, SECRETS_PATH, ADDRESS_BOOK_PATH):
        if within(path, tree):
            msg = f"{shown(path)} is in {tree}, which the runtime fills; use another path, such as /etc/app/config.yaml"
            raise ValueError(msg)
    if path in SYSTEM_FOLDERS or path in SYSTEM_FILES:
        msg = f"{shown(path)} belongs to the system; use a path of the program, such as /etc/app/config.yaml"
        raise ValueError(msg)
    return path


FilePath = Annotated[
    AbsolutePath,
    StringConstraints(pattern=rf"^(/{NAME_IN_CONTAINER})+$"),
    AfterValidator(_copyable),
    Form("write an absolute path of letters, digits and ._@+-, like /etc/app/config.yaml"),
]
"""Path of a file or folder in a container."""


def file_breaches(files: Mapping[str, str], points: Sequence[MountPoint]) -> Iterator[Breach]:
    """Files that a mount hides, and those inside each other."""
    for path in files:
        target = MountPoint((), path).target
        over = next((point for point in points if within(target, point.target)), None)
        under = next((point for point in points if point is not over and within(point.target, target)), None)
        if over or under or within(path, SHARED_MEMORY):
            found = over or under
            owner = f"{found.path}, which {found.owner} mounts" if found else SHARED_MEMORY
            relation = "is in" if over else "contains"
            yield ("files", path), f"{path} {relation} {owner}; use a path outside it"
        outer = next((other for other in files if other != path and within(path, other)), None)
        if outer:
            yield ("files", path), f"{path} is in {outer}, which is another file or folder; use a path outside it"
