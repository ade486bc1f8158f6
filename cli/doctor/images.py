"""Checks of the images on a machine against how their containers start them. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from cli.diagnostics.check import Check, wrong
from cli.diagnostics.fix_commands import Fixes
from cli.doctor.facts import MachineFacts
from fleet.plan.deployment import Deployment

_SUPERVISOR = "/init"
"""Entry point of s6-overlay, which runs as process 1 only."""


def image_checks(deployment: Deployment, facts: MachineFacts, fixes: Fixes) -> Iterator[Check]:
    """A check for each container whose image would not start."""
    for container in deployment.containers:
        image = facts.images.get(container.image)
        entrypoint = container.entrypoint or (image.entrypoint if image else ())
        if container.init and entrypoint[:1] == (_SUPERVISOR,):
            problem = f"the image starts {_SUPERVISOR}, which must be process 1, but Docker's init is"
            fix = f"set init: false in containers.{container.key} of group {container.group}"
            yield wrong(container.name, "process 1", problem, fix)
