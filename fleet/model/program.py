"""Programs of a container: agents in an image built for them, or a ready image."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from fleet.model.base import Argument, Breach, CudaVersion, Distinct, Flag, Form, Model, Name, OptionalReason, rule
from fleet.model.device import Arch
from fleet.model.image_names import ImageReference
from fleet.model.paths import AbsolutePath
from fleet.source.redaction import shown
from fleet.source.requirements import read_requirement

_WORD_START = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def _for_pip(text: str) -> str:
    if read_requirement(text) is None:
        msg = f"{shown(text)} is not a requirement of a package; write it like torch or torch==2.3.*"
        raise ValueError(msg)
    return text


Requirement = Annotated[str, StringConstraints(min_length=1, max_length=300), AfterValidator(_for_pip)]
"""Name, extras, versions and marker of a package (PEP 508), without a URL."""


ModuleName = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*$", max_length=255),
    Form("write the dotted name of a Python module, like assistant.core.goals"),
]
ImageFolder = Annotated[
    str,
    StringConstraints(pattern=r"^images/[a-z][a-z0-9]*(-[a-z0-9]+)*$"),
    Form("write a folder of images/, like images/agentdb"),
]


class Agent(Model):
    """How to start an agent: by module, script or program.

    The default is module `<system>.<group>.<agent>` in snake case.
    """

    module: ModuleName | None = None
    """Python module, started with `python -m`."""
    script: AbsolutePath | None = None
    """Path of a Python script inside the container."""
    program: AbsolutePath | None = None
    """Path of a program inside the container."""
    args: tuple[Argument, ...] = ()
    """Command-line arguments."""
    essential: Flag = True
    """Whether the container is unhealthy while the agent is down."""
    ports: Distinct[Name] = ()
    """Ports of its group that it listens on itself, so that no stand-in does."""

    def command(self, system: str, group: str, name: str) -> tuple[str, ...]:
        """The command of an agent of this name."""
        if self.program:
            return (self.program, *self.args)
        if self.script:
            return ("python3", self.script, *self.args)
        module = self.module or ".".join((_snake(system), _snake(group), _snake(name)))
        return ("python3", "-m", module, *self.args)

    @rule
    def _one_command(self) -> Iterator[Breach]:
        given = [key for key in ("module", "script", "program") if getattr(self, key) is not None]
        if len(given) > 1:
            yield (given[-1],), f"{' and '.join(given)} exclude each other; keep one"


def _snake(name: str) -> str:
    return _WORD_START.sub("_", name).replace("-", "_").lower()


class Build(Model):
    """An image made from the agents' Python requirements, or from a folder of images/."""

    context: ImageFolder | None = None
    """Folder with a Dockerfile, such as `images/agentdb`; the image has the folder's name."""
    variant: Literal["cpu", "cuda"] = "cpu"
    """`cuda` for agents that use a GPU; requires `gpu`."""
    requirements: Distinct[Requirement] = ()
    """pip requirements, one per line."""
    cuda: CudaVersion | None = None
    """CUDA version of its requirements, in quotes: "13.2"."""
    unresolved: OptionalReason = ""
    """Why they have no lock under images/agent/locks; the owner then builds the image."""

    @property
    def packages(self) -> frozenset[str]:
        """Names of the required packages, in lower case with hyphens."""
        names = (re.split(r"[\[=<>!~;@ ]", text, maxsplit=1)[0] for text in self.requirements)
        return frozenset(name.lower().replace("_", "-") for name in names)

    @rule
    def _is_made_one_way(self) -> Iterator[Breach]:
        excluded = sorted(self.model_fields_set - {"context"})
        if self.context and excluded:
            problem = f"context and {', '.join(excluded)} exclude each other"
            yield (excluded[0],), f"{problem}; install packages in the folder's Dockerfile"

    @rule
    def _packages_are_listed_once(self) -> Iterator[Breach]:
        first: dict[str, int] = {}
        for index, text in enumerate(self.requirements):
            found = read_requirement(text)
            # With markers, one of several lines applies.
            if found is None or found.has_marker:
                continue
            if (before := first.setdefault(found.name, index)) != index:
                yield ("requirements", index), f"lists {found.name} again, after {self.requirements[before]}; keep one"


class Image(Model):
    """A ready image and its platforms."""

    reference: ImageReference
    """`registry/name:tag`, with `@sha256:...` if pinned."""
    platforms: Distinct[Arch] = Field(default=(Arch.AMD64, Arch.ARM64), min_length=1)
    """Supported CPU architectures."""
    cuda: CudaVersion | None = None
    """CUDA version in the image, in quotes: "12.4"."""
