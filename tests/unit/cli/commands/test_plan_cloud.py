"""What `fleet plan` shows of Cloud Run, without credentials."""

from __future__ import annotations

import json
from pathlib import Path
from shutil import copy
from typing import Any

import pytest

from tests.trial_cloud import FULL, NUMBER, PROJECT, STACK, write_trial
from tests.unit.builders import ROOT
from tests.unit.cli.running import Answer, fleet, shipped
from tests.unit.cli.view.test_plan_text import CONTROL, words
from tests.unit.test_layers import modules_after


def plan(folder: Path, *options: str, **changes: Any) -> Answer:
    """The trial fleet's plan."""
    for name in ("Pulumi.yaml", "__main__.py"):
        copy(ROOT / name, folder)
    return fleet(write_trial(folder, **changes), "plan", STACK, *options, COLUMNS="160")


def test_the_shipped_cloud_breaks_no_rule() -> None:
    answer = shipped("plan", "cloud")
    assert answer.code == 0
    assert "mandatory" not in answer.out


def test_a_service_shows_its_size_its_number_what_is_paid_and_where_it_answers() -> None:
    text = words(shipped("plan", "cloud").out)
    assert "agentic-flow-burst: service, medium: 2 CPU, 2 GiB" in text
    assert "0 to 10 instances, 20 concurrent requests each; billed per request" in text
    assert "https://agentic-flow-burst-100000000001.us-central1.run.app" in text
    assert "called by nobody; set invokers; internal ingress" in text
    assert "secret anthropic-api-key version 1" in text
    assert "budget $50 a month, no alerts" in text


@pytest.mark.parametrize("columns", [80, 120])
def test_the_picture_fits_its_width_and_has_no_control_codes(columns: int) -> None:
    lines = shipped("plan", "cloud", columns=columns).out.splitlines()
    assert max(map(len, lines)) <= columns
    assert not any(CONTROL.search(line) for line in lines)


def test_everything_that_a_cloud_may_have_is_shown(tmp_path: Path) -> None:
    new = f"us-central1-docker.pkg.dev/{PROJECT}/fleet/front:0.2.0"
    answer = plan(tmp_path, cloud=FULL, rollouts={"front": {"candidate": new, "percent": 10}})
    text = words(answer.out)
    assert "where us-central1, europe-west4, asia-southeast1" in text
    assert f"https://front-{NUMBER}.asia-southeast1.run.app" in text
    assert "front: service, medium: 2 CPU, 2 GiB + lookups" in text
    assert "brain: service, 4 CPU, 16 GiB with nvidia-l4" in text
    assert "crawler: worker pool, 1 CPU" in text
    assert "nightly: job, 1 CPU" in text
    assert "files in a bucket" in text
    assert "90 % to blue, 10 % to green" in text
    assert "called by crawler, front" in text
    assert "door https://front.example.org to front, 600 requests a minute from an address, Cloud Armor" in text
    assert "owner@example.org" in text


def test_the_plan_as_json_has_a_row_a_group_and_region(tmp_path: Path) -> None:
    found = json.loads(plan(tmp_path, "--json").out)
    row = next(row for row in found["services"] if row["group"] == "brain")
    assert row["url"] == f"https://brain-{NUMBER}.us-central1.run.app"
    assert (row["cpu"], row["memory_mib"], row["gpu"]) == (4000, 16384, "nvidia-l4")
    assert row["instances"] == {"least": 0, "most": 2}
    assert found["secrets"] == {"front-key": 3, "hub-token": 1, "store-key": 2}


PROGRAM = """\
from cli.group import app
try:
    app(["plan", "cloud"])
except SystemExit as end:
    assert not end.code, end.code
import sys
heavy = [name for name in sys.modules if name.startswith("pulumi_gcp.compute.")]
assert not heavy, heavy[:3]
assert "pulumi_gcp.cloudrunv2.service" in sys.modules
"""


def test_a_plan_without_a_front_door_imports_nothing_of_compute() -> None:
    loaded = modules_after(PROGRAM)
    assert "pulumi_gcp" in loaded
    assert not loaded & {"pulumi_docker", "pulumi_kubernetes"}


def test_rendering_pulls_in_no_pulumi() -> None:
    loaded = modules_after("import components.cloudrun.render")
    assert loaded & {"pulumi", "pulumi_gcp", "grpc", "policy", "cli"} == set()
