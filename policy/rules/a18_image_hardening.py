"""A18: a container is hardened, and its user, root and capabilities are not left to the image.

`hardening.as_image` leaves them for one reason, until one day. This rule reports it once a container; A01, A02, A03,
A06 and A11 are silent about it as long as it holds.
"""

from __future__ import annotations

from fleet.labels import EXCEPTION_PREFIX
from policy.core.checks import on_field
from policy.core.rule import AS_IMAGE, ContainerRule, Level, Settings, Severity
from policy.views.container import DOCKER, KUBERNETES, ContainerView


def _problem(container: ContainerView, settings: Settings) -> str | None:
    if f"{EXCEPTION_PREFIX}{AS_IMAGE}" not in container.labels:
        return None
    return "user, root and capabilities are left to the image, so it may run as root and replace its own programs"


RULE = ContainerRule(
    id="A18",
    name="image-hardening",
    level=Level.MANDATORY,
    severity=Severity.HIGH,
    summary="A container is hardened; its user, root and capabilities are not left to the image.",
    remedy="drop containers.<name>.hardening.as_image, and set what the image needs field by field",
    elsewhere="set a user, a read-only root, and drop all capabilities",
    exception=AS_IMAGE,
    targets=(DOCKER, KUBERNETES),
    **on_field("user", _problem, "labels"),
)
