"""E13: an image whose own supervisor must be process 1 has no other init.

s6-overlay refuses to run as any other process, so that the container restarts for ever. Nothing registered shows what
an image contains: the rule knows registries and names whose images use it. `fleet doctor` looks at the image itself.
"""

from __future__ import annotations

from fleet.source.redaction import shown
from policy.core.checks import on_field
from policy.core.parsing.images import parse_image
from policy.core.rule import ContainerRule, Level, Settings, Severity
from policy.views.container import DOCKER, ContainerView


def _problem(container: ContainerView, settings: Settings) -> str | None:
    if not container.init:
        return None
    if container.args[:1] == ("/init",):
        return "init is true, but its entry point /init is a supervisor that must be process 1"
    image = parse_image(container.image)
    name = f"{image.registry or 'docker.io'}/{image.repository}/" if image else ""
    if any(name.startswith(f"{prefix.rstrip('/')}/") for prefix in settings["images"]):
        return f"init is true, but image {shown(container.image)} starts s6-overlay, which must be process 1"
    return None


RULE = ContainerRule(
    id="E13",
    name="supervisor-is-first",
    level=Level.ADVISORY,
    severity=Severity.MEDIUM,
    summary="An image with its own supervisor, such as s6-overlay, runs it as process 1.",
    remedy="set containers.<name>.init to false",
    elsewhere="set init to false",
    defaults={
        "images": (
            "lscr.io/linuxserver", "ghcr.io/linuxserver", "docker.io/linuxserver", "ghcr.io/home-assistant",
            "docker.io/homeassistant", "ghcr.io/blakeblackshear/frigate",
        )
    },
    targets=(DOCKER,),
    **on_field("init", _problem, "image", "args"),
)  # fmt: skip
