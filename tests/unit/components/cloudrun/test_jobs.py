"""What runs to its end in a cloud: a job that its owner runs."""

from __future__ import annotations

from typing import Any

import pytest

from fleet.source.faults import ConfigurationError
from fleet.targets.features import Feature
from tests.trial_cloud import REGIONS, trial, trial_project
from tests.unit.components.cloudrun.test_services import rendered

MAIN = {"agents": None, "command": ["/bin/own"], "run": "once", "restart": None}


def _nightly(**keys: Any) -> dict[str, Any]:
    return {"nightly": {"containers": {"main": {**MAIN, **keys}}}}


def test_a_job_has_its_time_limit_and_no_probe() -> None:
    job = rendered(groups=_nightly(time_limit="2h"))[f"nightly-{REGIONS[0]}"].args["template"]["template"]
    assert (job["timeout"], job["max_retries"]) == ("7200s", 0)
    assert "startup_probe" not in job["containers"][0]
    again = rendered(groups=_nightly(restart="on-failure", restarts_max=2))[f"nightly-{REGIONS[0]}"].args
    assert again["template"]["template"]["max_retries"] == 2


def test_that_nothing_runs_it_is_listed() -> None:
    assert trial(groups=_nightly()).degradations[Feature.RUN_ONCE] == ("nightly",)


def _problems(**changes: Any) -> list[str]:
    with pytest.raises(ConfigurationError) as refusal:
        trial_project(**changes)
    return [f"{fault.path}: {fault.problem}; {fault.remedy}" for fault in refusal.value.faults]


def test_a_group_that_ends_is_of_kind_job() -> None:
    service = {"services": {"nightly": {"kind": "worker-pool"}}}
    problem = 'machine.cloud.services.nightly.kind: "worker-pool", but nightly runs once; set it to "job"'
    assert problem in _problems(groups=_nightly(), cloud=service)


def test_a_task_is_no_longer_than_the_cloud_allows() -> None:
    found = _problems(groups=_nightly(time_limit="700h"))
    assert any(f.startswith("containers.main.time_limit: 2520000 s are too long for a task") for f in found), found


def test_init_containers_are_refused() -> None:
    seed = {"image": {"reference": "docker.io/library/seed:1.0"}, "run": "once"}
    small = {"memory": {"request": "64MiB"}, "cpu": {"request": "100m", "limit": "200m"}}
    found = _problems(groups={"store": {"containers": {"seed": {**seed, **small}}}})
    assert any("containers.seed.run: not supported on trial" in fault for fault in found)
