"""What runs in a container: agents in an image made for them, or a ready image."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from fleet.model.base import AbsolutePath, CudaVersion, Model, Name
from fleet.model.device import Arch

Requirement = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*(\[[^\]]+\])?([=<>!~]=?[^\s;]+)?$")]


class Agent(Model):
    """A program inside a container. Its code is not ours: we only say how it is started.

    Give one of module, script or program; without any, the module is `<system>.<group>.<agent>` in snake case.
    """

    module: str | None = Field(default=None, pattern=r"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$")
    """Python module, started with `python -m`."""
    script: AbsolutePath | None = None
    """Path of a Python script inside the container."""
    program: AbsolutePath | None = None
    """Path of a program inside the container."""
    args: tuple[str, ...] = ()
    """What it is started with."""
    essential: bool = True
    """The container is unhealthy while it is down."""
    ports: tuple[Name, ...] = ()
    """Ports of its group that it listens on itself, so that none of its container's stand-ins takes them."""

    @model_validator(mode="after")
    def _one_command(self) -> Agent:
        given = [key for key in ("module", "script", "program") if getattr(self, key) is not None]
        if len(given) > 1:
            msg = f"{' and '.join(given)} exclude each other; keep one"
            raise ValueError(msg)
        return self


class Build(Model):
    """An image made from the agents' Python requirements, or from a folder of images/."""

    context: str | None = Field(default=None, pattern=r"^images/[a-z][a-z0-9]*(-[a-z0-9]+)*$")
    """Folder with a Dockerfile, such as `images/agentdb`; its image has the folder's name, whichever groups use it."""
    variant: Literal["cpu", "cuda"] = "cpu"
    """`cuda` for agents that compute on a card; it needs a GPU budget."""
    requirements: tuple[Requirement, ...] = ()
    """As pip reads them, one a line."""
    cuda: CudaVersion | None = None
    """CUDA that its requirements bring, in quotes: "13.2"."""
    unresolved: str = ""
    """Why they have no lock under images/agent/locks, where they have none: the image is then its owner's to make."""

    @model_validator(mode="after")
    def _is_made_one_way(self) -> Build:
        others = sorted(self.model_fields_set - {"context"})
        if self.context and others:
            msg = f"context and {', '.join(others)} exclude each other; a folder's Dockerfile says what is installed"
            raise ValueError(msg)
        return self


class Image(Model):
    """A ready image, and the platforms it exists for."""

    reference: str = Field(min_length=3, pattern=r"^\S+$")
    """`registry/name:tag`, with `@sha256:...` where it is pinned."""
    platforms: tuple[Arch, ...] = Field(default=(Arch.AMD64, Arch.ARM64), min_length=1)
    """Processor architectures it exists for."""
    cuda: CudaVersion | None = None
    """CUDA that is in it, in quotes: "12.4"."""
