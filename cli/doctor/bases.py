"""Checks whether built images are based on what the machine has under their base's name. Pure.

A tag may move: `docker pull` then brings another image, and what was built stays on the former one.
"""

from __future__ import annotations

from collections.abc import Iterator

from cli.diagnostics.check import Check, expect, warning
from cli.diagnostics.fix_commands import Fixes
from cli.doctor.facts import ImageFacts, MachineFacts
from fleet.image_digests import AGENT_HOST
from fleet.plan.deployment import Deployment, PlannedBuild


def base_checks(deployment: Deployment, facts: MachineFacts, fixes: Fixes) -> Iterator[Check]:
    """One check per built image whose base from elsewhere is on the machine too."""
    for build in deployment.builds:
        image, base = facts.images.get(build.image), facts.images.get(build.base)
        if build.base not in build.bases or image is None or base is None:
            continue
        is_same = image.layers[: len(base.layers)] == base.layers
        problem = f"built on another {build.base} than the one on the machine"
        yield expect(build.image, "base", is_same, build.base, problem, _fix(build, base, fixes), warning)


def _fix(build: PlannedBuild, base: ImageFacts, fixes: Fixes) -> str:
    field = "images.base" if build.name == AGENT_HOST else f"images.bases.{build.name}"
    # An image with files has the one that its group's file names for a base.
    where = "image.reference in its group's file" if build.written else f"{field} in {fixes.stack_file}"
    name = build.base.partition("@")[0]
    # Only a registry gives a digest. An image made on the machine moves with its tag.
    pinned = f"{name}@{base.digests[0].partition('@')[2]}" if base.digests else "another tag of it"
    return f"set {where} to {pinned}, then {fixes.deploy()}"
