"""Goldens of `fleet plan cloud`: one region, three regions, a card, and a canary at each of its steps.

Each holds the picture of the machine alone, without the head's time and what follows the waves.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tests.trial_cloud import PROJECT, REGIONS
from tests.unit.builders import ROOT
from tests.unit.cli.commands.test_plan_cloud import plan

FOLDER = Path(__file__).parent / "goldens"
RENEW = "FLEET_RENEW_GOLDENS"

NEW = f"us-central1-docker.pkg.dev/{PROJECT}/fleet/front:0.2.0"
PERCENTS = (10, 25, 50, 75, 100)
STEPS = [{"percent": percent, **({"pause": "5m"} if percent < 100 else {})} for percent in PERCENTS]
ONLY_FRONT: dict[str, Any] = {"brain": None, "crawler": None, "nightly": None}
FRONT = {**ONLY_FRONT, "front": {"rollout": {"strategy": "canary", "steps": STEPS}}}
FRONTS_SERVICES = {"services": dict.fromkeys(("brain", "crawler", "nightly"))}


def front(**state: Any) -> dict[str, Any]:
    """The front and what it needs, with its rollout somewhere."""
    return {"groups": FRONT, "cloud": FRONTS_SERVICES, "rollouts": {"front": state}}


CASES: dict[str, dict[str, Any]] = {
    "one-region": {"groups": FRONT, "cloud": FRONTS_SERVICES},
    "three-regions": {"groups": FRONT, "cloud": {**FRONTS_SERVICES, "regions": list(REGIONS)}},
    "gpu": {
        "groups": {"front": None, "store": None, "crawler": None, "nightly": None},
        "cloud": {
            "services": dict.fromkeys(("front", "store", "crawler", "nightly")),
            "secrets": dict.fromkeys(("front-key", "hub-token", "store-key")),
        },
    },
    **{f"canary-{percent}": front(candidate=NEW, percent=percent) for percent in PERCENTS},
    "promoted": front(track="green", image=NEW),
}


def picture(text: str) -> str:
    """The lines between the head and the waves."""
    lines = [line.rstrip() for line in text.splitlines()]
    start = next(index for index, line in enumerate(lines) if line.startswith("where"))
    end = next(index for index, line in enumerate(lines) if line.startswith("wave"))
    return "\n".join(lines[start:end]).strip() + "\n"


@pytest.mark.parametrize("name", CASES)
def test_a_cloud_is_shown_as_its_golden(name: str, tmp_path: Path) -> None:
    answer = plan(tmp_path, **CASES[name])
    assert "where" in answer.out, answer.err
    found, file = picture(answer.out), FOLDER / f"cloud-{name}.txt"
    if os.environ.get(RENEW):
        file.parent.mkdir(exist_ok=True)
        file.write_text(found, encoding="utf-8")
    renew = f"{RENEW}=1 .venv/bin/python -m pytest {Path(__file__).relative_to(ROOT)}"
    assert found == file.read_text(encoding="utf-8"), f"renew the golden, if this is meant: {renew}"


def test_every_golden_belongs_to_a_case() -> None:
    assert {file.name for file in FOLDER.glob("cloud-*.txt")} == {f"cloud-{name}.txt" for name in CASES}
