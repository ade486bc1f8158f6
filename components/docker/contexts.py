"""Writes the contexts of builds that the project has no folder for: the provider reads a folder, in previews too."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from fleet.errors import UserError
from fleet.plan.deployment import Deployment

_READABLE_BY_ALL = 0o644
"""An image keeps the mode, and the umask of whoever builds it must not decide."""


def write_contexts(root: Path, deployment: Deployment) -> None:
    """Makes each such folder below the project's folder hold exactly the files of its build. Raises UserError."""
    for build in deployment.builds:
        try:
            if build.written:
                _write(root / build.context, build.written)
        except OSError as error:
            msg = f"{build.context}: cannot be written ({error.strerror}); make the project's folder writable"
            raise UserError(msg) from None


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        file = folder / name
        with suppress(FileNotFoundError):
            if file.read_bytes() == content and file.stat().st_mode & 0o777 == _READABLE_BY_ALL:
                continue
        # Whole or not at all: the program of another stack may read it.
        new = folder.parent / f".{folder.name}.{name}.{os.getpid()}"
        new.write_bytes(content)
        new.chmod(_READABLE_BY_ALL)
        new.replace(file)
    for file in folder.iterdir():
        if file.name not in files:
            file.unlink(missing_ok=True)
