"""Reads what a Dockerfile builds on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_ARGUMENT = re.compile(r"^\s*ARG\s+(\w+)=(\S+)", re.IGNORECASE)
_STAGE = re.compile(r"^\s*FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?", re.IGNORECASE)
_VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+))")


@dataclass(frozen=True, slots=True)
class Dockerfile:
    """The arguments before the first stage, and the stages."""

    arguments: Mapping[str, str]
    """Name -> default value."""
    stages: tuple[tuple[str, str], ...]
    """(name, what it is built on), arguments unresolved; the name of a stage without one is empty."""

    def bases(self, arguments: Mapping[str, str]) -> tuple[str, ...]:
        """Images that its stages are built on, each once. arguments: override the defaults."""
        values = {**self.arguments, **arguments}
        names, found = {"scratch"}, []
        for name, base in self.stages:
            image = _VARIABLE.sub(lambda match: values.get(match[1] or match[2], ""), base)
            if image and image.lower() not in names:
                found.append(image)
            names.add(name.lower())
        return tuple(dict.fromkeys(found))


def read_dockerfile(text: str) -> Dockerfile:
    """Reads every ARG with a default before the first FROM, and every FROM."""
    arguments: dict[str, str] = {}
    stages: list[tuple[str, str]] = []
    for line in text.splitlines():
        if stage := _STAGE.match(line):
            stages.append((stage[2] or "", stage[1]))
        elif not stages and (argument := _ARGUMENT.match(line)):
            arguments[argument[1]] = argument[2].strip("\"'")
    return Dockerfile(arguments, tuple(stages))
