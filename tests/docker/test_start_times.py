"""How soon a container is up and healthy. The table at the end of the run shows all figures."""

from __future__ import annotations

import pytest

from tests.docker.conftest import DeployedFleet
from tests.docker.project import CONTAINERS
from tests.docker.start_times import HEALTHY_BUDGET_S, RUNS_BUDGET_S, StartAlone, start_alone

pytestmark = pytest.mark.docker

ATTEMPTS = 3

each_container = pytest.mark.parametrize(("stack", "name"), CONTAINERS, ids=[name for _, name in CONTAINERS])


@each_container
def test_it_was_healthy_within_the_budget_of_its_start_in_the_deployment(
    fleet: DeployedFleet, stack: str, name: str
) -> None:
    at = fleet.stacks[stack].times[name]
    assert at.healthy - at.begun < HEALTHY_BUDGET_S


@each_container
def test_started_by_itself_its_process_runs_within_the_budget(fleet: DeployedFleet, stack: str, name: str) -> None:
    starts: list[StartAlone] = []
    # The best of a few: what is above it is the machine's other work.
    while len(starts) < ATTEMPTS and (not starts or starts[-1].runs_s >= RUNS_BUDGET_S):
        starts.append(start_alone(fleet.stacks[stack].machine, name))
    fleet.alone[name] = min(starts, key=lambda start: start.runs_s)
    assert fleet.alone[name].runs_s < RUNS_BUDGET_S
