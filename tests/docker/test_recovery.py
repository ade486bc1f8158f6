"""What the fleet survives: new containers, killed agents, containers and daemons, and broken images."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from fleet.model import VolumeKind
from tests import daemon
from tests.docker.conftest import Deployed, DeployedFleet
from tests.docker.lab import Outcome, wait_until
from tests.docker.project import REAL_AGENT, STACKS

pytestmark = pytest.mark.docker

BACK_S = 60.0
"""Within which everything is well again, on a slow machine."""

KILLED = [("mainpc", "vision-gpu"), ("mainpc", "utility-gpu-helpers"), ("pc2", "infra-core-cpu")]
"""A group's main container, a sidecar, and one that the other machine talks to."""

VICTIM = "vision-gpu"
"""The group whose image breaks."""
LAST_WORDS = "cannot find my model"

STATE_OF_AGENTS = """
import json, urllib.request
with urllib.request.urlopen("http://127.0.0.1:8000/health", timeout=10) as reply:
    print(json.dumps(json.load(reply)["agents"]))
"""
REACH = """
import json, sys, urllib.request
with urllib.request.urlopen("http://127.0.0.1:8000/ping", timeout=30) as reply:
    print(json.dumps({ref: peer["reachable"] for ref, peer in json.load(reply)["peers"].items()}))
"""

each_stack = pytest.mark.parametrize("stack", STACKS)


def kept_folders(deployed: Deployed) -> Iterator[tuple[str, str]]:
    """Container and folder of every volume that must not be lost and that the container writes to."""
    for container in deployed.plan.containers:
        for mount in container.mounts:
            if not mount.read_only and deployed.plan.volumes[mount.volume].kind is not VolumeKind.SCRATCH:
                yield container.name, mount.path


def leave_notes(deployed: Deployed, word: str) -> None:
    for name, folder in kept_folders(deployed):
        wrote = deployed.machine.execute(name, "sh", "-c", f"echo {word} > {folder}/note-of-{name}")
        assert wrote.code == 0, f"{name}: {folder}: {wrote.text}"


def notes(deployed: Deployed) -> set[str]:
    return {
        deployed.machine.execute(name, "cat", f"{folder}/note-of-{name}").text.strip()
        for name, folder in kept_folders(deployed)
    }


def lives(deployed: Deployed) -> Mapping[str, tuple[str, str]]:
    """Container -> its identity and when it was started: what an untouched one keeps."""
    found = {name: deployed.machine.container(name) for name in deployed.containers}
    return {name: (str(container.id), container.attrs["State"]["StartedAt"]) for name, container in found.items()}


def wait_until_all_is_well(deployed: Deployed) -> None:
    def ill() -> list[str]:
        return [name for name in deployed.containers if not deployed.machine.passes_its_check(name)]

    wait_until(lambda: not ill(), BACK_S, f"every container of {deployed.plan.stack} passes its health check")


def wait_until_peers_are_reached(deployed: Deployed, name: str) -> None:
    def all_reached() -> bool:
        return all(deployed.machine.inside(name, REACH).values())

    wait_until(all_reached, BACK_S, f"{name} reaches all its peers")


@pytest.fixture
def mended(fleet: DeployedFleet) -> Iterator[Deployed]:
    """MainPC, whose broken image is put right after the test."""
    deployed = fleet.stacks["mainpc"]
    wait_until_all_is_well(deployed)
    yield deployed
    deployed.machine.client.images.get(daemon.AGENT_HOST).tag(_image(deployed))
    outcome = deployed.compose("up", "--detach", "--wait")
    assert outcome.code == 0, outcome.text


@each_stack
def test_data_survives_new_containers(fleet: DeployedFleet, stack: str) -> None:
    deployed = fleet.stacks[stack]
    leave_notes(deployed, "recreated")
    before = lives(deployed)
    writers = {name for name, _ in kept_folders(deployed)}
    assert len(writers) >= 3
    # One by one: together they would wait for each other's health, which is no affair of this test.
    for name in sorted(writers):
        outcome = deployed.compose("up", "--detach", "--no-deps", "--force-recreate", "--renew-anon-volumes", name)
        assert outcome.code == 0, outcome.text
    after = lives(deployed)
    assert {name for name in after if after[name][0] != before[name][0]} == writers
    assert notes(deployed) == {"recreated"}
    wait_until_all_is_well(deployed)


def test_data_survives_the_end_of_the_deployment_and_a_new_one(fleet: DeployedFleet) -> None:
    def end_and_deploy_again(deployed: Deployed) -> None:
        leave_notes(deployed, "redeployed")
        ended = deployed.compose("down")
        assert ended.code == 0, ended.text
        assert deployed.machine.client.containers.list(all=True) == []
        again = deployed.compose("up", "--detach", "--wait")
        assert again.code == 0, again.text
        assert notes(deployed) == {"redeployed"}

    with ThreadPoolExecutor() as pool:
        list(pool.map(end_and_deploy_again, fleet.stacks.values()))


def test_a_killed_agent_comes_back_in_the_same_container(fleet: DeployedFleet) -> None:
    deployed = fleet.stacks["pc2"]
    name, agent = REAL_AGENT
    before = lives(deployed)
    first = _pid_of_agent(deployed, name)
    assert deployed.machine.inside(name, STATE_OF_AGENTS)[agent]["restarts"] == 0
    deployed.machine.run("kill", "-KILL", first)

    def runs_again() -> bool:
        state = _answer(deployed, name).get(agent, {})
        return bool(state.get("state") == "running" and state["restarts"] == 1)

    wait_until(runs_again, BACK_S, f"{agent} runs again")
    assert _pid_of_agent(deployed, name) != first
    assert lives(deployed) == before


@pytest.mark.parametrize(("stack", "name"), KILLED, ids=[name for _, name in KILLED])
def test_a_killed_container_comes_back_and_no_other_is_touched(fleet: DeployedFleet, stack: str, name: str) -> None:
    deployed = fleet.stacks[stack]
    before = lives(deployed)
    deployed.machine.run("kill", "-KILL", deployed.machine.main_pid(name))
    wait_until(lambda: lives(deployed)[name] != before[name], BACK_S, f"{name} is started again")
    wait_until_all_is_well(deployed)
    after = lives(deployed)
    assert {other for other in after if after[other] != before[other]} == {name}
    assert after[name][0] == before[name][0]
    for other in STACKS:
        wait_until_peers_are_reached(fleet.stacks[other], fleet.stacks[other].containers[0])


@each_stack
def test_everything_comes_back_after_its_daemon_was_killed(fleet: DeployedFleet, stack: str) -> None:
    deployed = fleet.stacks[stack]
    leave_notes(deployed, "daemon killed")
    before = lives(deployed)
    first = _daemon_pid(deployed)
    deployed.machine.run("kill", "-KILL", first)
    wait_until(lambda: deployed.machine.answers and _daemon_pid(deployed) != first, BACK_S, "a new daemon answers")
    wait_until_all_is_well(deployed)
    after = lives(deployed)
    assert {name: identity for name, (identity, _) in after.items()} == {
        name: identity for name, (identity, _) in before.items()
    }
    assert [name for name in after if after[name][1] == before[name][1]] == []
    assert notes(deployed) == {"daemon killed"}
    for other in STACKS:
        wait_until_peers_are_reached(fleet.stacks[other], fleet.stacks[other].containers[0])


def test_a_group_whose_image_is_gone_is_named_and_all_others_stay_untouched(
    fleet: DeployedFleet, mended: Deployed
) -> None:
    before = lives(mended)
    mended.machine.client.images.remove(_image(mended), noprune=True)
    outcome = mended.compose("up", "--detach", "--wait")
    _assert_complains_of_the_victim_alone(outcome, mended)
    assert lives(mended) == before


def test_a_group_whose_program_breaks_is_named_and_all_others_stay_untouched(
    fleet: DeployedFleet, mended: Deployed
) -> None:
    before = lives(mended)
    _break_image(mended)
    outcome = mended.compose("up", "--detach", "--wait")
    _assert_complains_of_the_victim_alone(outcome, mended)
    after = lives(mended)
    assert {name for name in after if after[name] != before[name]} == {VICTIM}
    assert LAST_WORDS in mended.machine.container(VICTIM).logs().decode()


def _image(deployed: Deployed) -> str:
    return next(container.image for container in deployed.plan.containers if container.name == VICTIM)


def _break_image(deployed: Deployed) -> None:
    client = deployed.machine.client
    repository, _, tag = _image(deployed).rpartition(":")
    template = client.containers.create(_image(deployed))
    template.commit(repository, tag, changes=f'CMD ["python3", "-c", "raise SystemExit(\'{LAST_WORDS}\')"]')
    template.remove()


def _assert_complains_of_the_victim_alone(outcome: Outcome, deployed: Deployed) -> None:
    assert outcome.code != 0
    complaints = "\n".join(line for line in outcome.text.splitlines() if "rror" in line or "unhealthy" in line)
    assert [name for name in deployed.containers if name in complaints] == [VICTIM], outcome.text


def _answer(deployed: Deployed, name: str) -> dict[str, Any]:
    try:
        return dict(deployed.machine.inside(name, STATE_OF_AGENTS))
    except AssertionError:
        # 503 while an essential agent is down.
        return {}


def _pid_of_agent(deployed: Deployed, name: str) -> str:
    processes = deployed.machine.processes(name)
    return next(pid for pid, command in processes.items() if command == "/bin/sleep infinity")


def _daemon_pid(deployed: Deployed) -> str:
    return deployed.machine.run("cat", str(deployed.machine.home / "docker.pid")).strip()
