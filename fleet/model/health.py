"""Health check of a container."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from fleet.model.base import (
    Command,
    Form,
    Model,
    PortNumber,
    Whole,
)
from fleet.model.port import DEFAULT_PORT
from fleet.model.quantities import Seconds

_URL_PATH = "/[A-Za-z0-9._~!$&'()*+,;=:@%/?-]*"
_URL_FORM = Form("write a path that starts with /, like /health")
UrlPath = Annotated[str, StringConstraints(pattern=f"^{_URL_PATH}$", max_length=255), _URL_FORM]
"""Path of a URL, in ASCII."""

OptionalUrlPath = Annotated[str, StringConstraints(pattern=f"^({_URL_PATH})?$", max_length=255), _URL_FORM]
"""Path of a URL, or empty for none."""


_COMPOSE_TESTS = {
    "CMD-SHELL": "write its text as [sh, -c, <text>]",
    "CMD": "drop the word",
    "NONE": "write a command that exits with 0, such as [true]",
}
"""First word of a health check of Compose -> what to write."""


def _runs_a_program(command: tuple[str, ...]) -> tuple[str, ...]:
    if command and command[0] in _COMPOSE_TESTS:
        msg = f"{command[0]} is a word of Compose and no program of an image; {_COMPOSE_TESTS[command[0]]}"
        raise ValueError(msg)
    return command


class Health(Model):
    """Health check of a container: an HTTP path, or a command."""

    path: UrlPath = "/health"
    """HTTP path of the liveness check."""
    ready_path: OptionalUrlPath = ""
    """HTTP path of the readiness check; defaults to the agent host's for images built here."""
    port: PortNumber = DEFAULT_PORT
    """Port of the HTTP checks."""
    command: Annotated[Command, AfterValidator(_runs_a_program)] = ()
    """Command to run instead of the HTTP check, for a ready image."""
    interval_s: Seconds = Field(default=30, alias="interval")
    """Time between checks."""
    timeout_s: Seconds = Field(default=10, alias="timeout")
    """Timeout of a check."""
    retries: Whole = Field(default=3, ge=1, le=100)
    """Consecutive failures after which the container is unhealthy."""
    start_period_s: Seconds = Field(default=60, alias="start_period")
    """Time after the start in which failures are ignored."""

    @property
    def by_command(self) -> bool:
        """Whether the command is the only check: HTTP has precedence, as it needs no process in the container."""
        return bool(self.command) and "path" not in self.model_fields_set

    @property
    def deadline_s(self) -> int:
        """Seconds after which a container that is still unhealthy has failed."""
        return self.start_period_s + self.retries * (self.interval_s + self.timeout_s)
