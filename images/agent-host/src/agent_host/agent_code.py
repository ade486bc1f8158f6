"""Whether an agent's code is in the image, without running it."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from importlib.machinery import PathFinder
from pathlib import Path, PurePath

_OPTIONS_WITH_VALUE = {"-W", "-X"}


def missing_code(command: Sequence[str]) -> str | None:
    """The missing part of a command (`module a.b`, `script /x.py`, `program /bin/x`), or None."""
    program, *args = command
    if not shutil.which(program):
        return f"program {program}"
    if not PurePath(program).name.startswith("python"):
        return None
    kind, name = _python_target(args)
    if kind == "module" and not _module_exists(name):
        return f"module {name}"
    if kind == "script" and not Path(name).is_file():
        return f"script {name}"
    return None


def _python_target(args: Sequence[str]) -> tuple[str, str]:
    """What a Python command line runs: ("module" | "script" | "other", its name)."""
    rest = iter(args)
    for arg in rest:
        if arg == "-m":
            return "module", next(rest, "")
        if arg == "-c":
            return "other", ""
        if arg in _OPTIONS_WITH_VALUE:
            next(rest, None)
        elif not arg.startswith("-"):
            return "script", arg
    return "other", ""


def _module_exists(name: str) -> bool:
    """Like `importlib.util.find_spec`, which would import the parent packages."""
    # `python -m` looks into the working directory first.
    path: list[str] | None = [str(Path.cwd()), *sys.path]
    parts = name.split(".")
    for count in range(1, len(parts) + 1):
        spec = PathFinder.find_spec(".".join(parts[:count]), path)
        if spec is None:
            return False
        path = list(spec.submodule_search_locations or [])
    return True
