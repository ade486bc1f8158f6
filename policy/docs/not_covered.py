"""Topics that registered resources do not show, and what covers them instead."""

from __future__ import annotations

from fleet.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A topic that no rule of the pack covers."""

    id: str
    name: str
    reason: str
    instead: str


ELSEWHERE = (
    Elsewhere("A17", "no sudo, chpasswd or setuid files in an image", "an image's content is not registered",
              "an image scanner such as Trivy; no-new-privileges (A05) neutralizes them"),
    Elsewhere("D09", "the command of a health check exists in the image", "an image's content is not registered",
              "starting the container: it never becomes healthy, and `fleet verify` reports it"),
    Elsewhere("D10", "Dockerfile best practices", "a Dockerfile is not a resource",
              "Hadolint or Trivy on images/; unit tests check this project's own"),
    Elsewhere("F11", "workflows: least permissions, pinned actions", "a workflow is not a resource",
              "zizmor or Checkov on the workflow files; `make check` runs zizmor on this project's own"),
)  # fmt: skip
"""By id."""
