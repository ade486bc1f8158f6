"""Ideas of the catalogue that what is registered cannot tell, and what judges them instead."""

from __future__ import annotations

from fleet.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """An idea of the catalogue that is no rule of the pack."""

    id: str
    name: str
    reason: str
    instead: str


ELSEWHERE = (
    Elsewhere(
        "A17",
        "no sudo, chpasswd or setuid files in an image",
        "what an image holds is not registered",
        "a scan of the image, such as Trivy; no-new-privileges (A05) disarms them",
    ),
    Elsewhere(
        "D09",
        "the program of a health check is in the image",
        "what an image holds is not registered",
        "a start of the container: it never gets healthy, and `fleet verify` says so",
    ),
    Elsewhere(
        "D10",
        "hygiene of a Dockerfile",
        "a Dockerfile is no resource",
        "Hadolint or Trivy on images/; this project's own are held by its unit tests",
    ),
    Elsewhere(
        "F11",
        "workflows: least permissions, pinned actions",
        "a workflow is no resource",
        "zizmor or Checkov on the workflow files; this project's own are held by zizmor in `make check`",
    ),
)
"""By id. What can be judged only once it is built or runs is in nobody's plan; the rest names what does judge it."""
