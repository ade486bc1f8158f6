"""Whether built images are based on what the machine has under their base's name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from cli.diagnostics.check import Check
from cli.diagnostics.fix_commands import Fixes
from cli.doctor.bases import base_checks
from cli.doctor.facts import ImageFacts
from cli.doctor.read_daemon import image_facts
from fleet.plan.deployment import PlannedBuild
from tests.unit.cli.trial_machine import alpha, machine

HOST = "fleet.local/agent-host:1-00"
PYTHON = "python:3.12"
DIGEST = f"sha256:{'0a' * 32}"
BUILD = PlannedBuild(
    "agent-host", HOST, "images/agent-host", "", {"BASE": PYTHON}, "linux/amd64", None, PYTHON, (PYTHON,)
)
OLD, NEW = ("sha256:1", "sha256:2"), ("sha256:1", "sha256:3")
BUILT = ImageFacts("amd64", 1, (*OLD, "sha256:4"))


def checks(images: Mapping[str, ImageFacts], build: PlannedBuild = BUILD) -> list[Check]:
    deployment = replace(alpha(), builds=(build,))
    return list(base_checks(deployment, machine(images=images), Fixes(deployment)))


def test_a_base_that_did_not_move() -> None:
    (check,) = checks({HOST: BUILT, PYTHON: ImageFacts("amd64", 1, OLD)})
    assert (check.subject, check.check, check.status, check.figure) == (HOST, "base", "good", PYTHON)


def test_a_base_that_moved_is_pinned_by_one_edit() -> None:
    (check,) = checks({HOST: BUILT, PYTHON: ImageFacts("amd64", 1, NEW, (f"python@{DIGEST}",))})
    assert (check.status, check.figure) == ("warning", f"built on another {PYTHON} than the one on the machine")
    assert check.fix.startswith(f"set images.base in Pulumi.alpha.yaml to {PYTHON}@{DIGEST}, then ")


def test_a_base_of_a_folder_and_one_of_no_registry() -> None:
    (check,) = checks({HOST: BUILT, PYTHON: ImageFacts("amd64", 1, NEW)}, replace(BUILD, name="web"))
    assert check.fix.startswith("set images.bases.web in Pulumi.alpha.yaml to another tag of it, then ")


def test_nothing_is_said_of_what_is_not_there_or_is_built_here() -> None:
    assert checks({HOST: BUILT}) == []
    assert checks({PYTHON: BUILT}) == []
    own = replace(BUILD, base="fleet.local/node:1-00", bases=())
    assert checks({HOST: BUILT, "fleet.local/node:1-00": ImageFacts("amd64", 1, NEW)}, own) == []


def test_an_inspected_image() -> None:
    answer = {"Architecture": "amd64", "Size": 7, "RootFS": {"Layers": list(OLD)}, "RepoDigests": [f"python@{DIGEST}"]}
    assert image_facts(answer) == ImageFacts("amd64", 7, OLD, (f"python@{DIGEST}",))
    assert image_facts({}) == ImageFacts("", 0)
    assert image_facts({"RootFS": {"Type": "layers"}, "RepoDigests": None}) == ImageFacts("", 0)


def test_the_base_of_files_is_named_by_its_group() -> None:
    build = replace(BUILD, name="web.files", written={"0": b""})
    (check,) = checks({HOST: BUILT, PYTHON: ImageFacts("amd64", 1, NEW, (f"python@{DIGEST}",))}, build)
    assert check.fix.startswith(f"set image.reference in its group's file to {PYTHON}@{DIGEST}, then ")
