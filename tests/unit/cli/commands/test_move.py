"""`fleet move`: what changes between Docker, a cluster and Cloud Run, previewed before the move."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from fleet.load.project import load_project
from fleet.relocation.plan import NoMoveError, plan_move
from tests.trial_cluster import STACK, Tree, merged, write_trial
from tests.unit.cli.running import Answer, fleet, shipped

_SMALL = {"memory": {"request": "512MiB", "limit": "512MiB"}, "cpu": {"request": 1, "limit": 1}}
LONE: Tree = {
    "containers": {
        "main": {
            "build": {},
            "agents": {"Lone": {}},
            **_SMALL,
            "secrets": ["lone-key"],
            "mounts": {"lone-data": {"path": "/data"}, "lone-notes": {"path": "/cache"}},
        }
    },
    "volumes": {"lone-data": {"kind": "data"}, "lone-notes": {"kind": "scratch"}},
    "ports": {"main": {"port": 8000, "scheme": "http", "host_port": 8300}},
}
"""A group that may run on any of the three."""
ASKER: Tree = {
    "containers": {"main": {"build": {}, "agents": {"Asker": {}}, **_SMALL}},
    "peers": ["lone"],
    "ports": {"main": {"port": 8000}},
}
CLOUD: Tree = {
    "name": "sky",
    "title": "Sky",
    "class": "container-service",
    "target": "cloudrun",
    "connection": "gcp://sky-project",
    "cloud": {"project_number": 123456789012, "regions": ["europe-west4"]},
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Two groups on a Docker machine, next to a cluster and an empty project of Cloud Run."""
    exposed = {"lone": {"host": "lone.example.org"}}
    machine = {"cluster": {"shared_storage_class": "nfs", "entrance": {"exposed": exposed}}}
    write_trial(tmp_path, groups={"lone": LONE, "asker": ASKER}, machine=machine, on_host=["asker"])
    sky: Tree = {
        "pulumi:disable-default-providers": ["*"],
        "fleet:machine": CLOUD,
        "fleet:images": {"registry": "ghcr.io/owner/fleet"},
        "fleet:groups": [],
    }
    (tmp_path / "Pulumi.sky.yaml").write_text(yaml.safe_dump({"config": sky}, sort_keys=False))
    (tmp_path / "Pulumi.yaml").write_text("name: fleet\nruntime: python\n")
    return tmp_path


def move(project: Path, group: str, to: str, *arguments: str) -> Answer:
    return fleet(project, "move", group, "--to", to, *arguments, COLUMNS="200")


def data(project: Path, group: str, to: str) -> Any:
    return json.loads(move(project, group, to, "--json").out)


def contents(project: Path) -> dict[Path, bytes]:
    return {file: file.read_bytes() for file in project.rglob("*") if file.is_file()}


def test_nothing_is_changed(project: Path) -> None:
    before = contents(project)
    for to in ("host", "sky"):
        move(project, "lone", to)
    assert contents(project) == before


def test_a_move_to_a_docker_machine_says_where_everything_goes(project: Path) -> None:
    found = data(project, "lone", "host")
    assert (found["from"], found["to"], found["valid"]) == (STACK, "host", False)
    rows = {
        title: {row["what"]: (row["before"], row["after"]) for row in rows} for title, rows in found["changes"].items()
    }
    assert rows["addresses"] == {
        "lone, used by asker on host": ("https://lone.example.org:443", "http://lone:8000"),
    }
    assert rows["data"] == {
        "lone-data (data)": ("claim lone-data in fleet", "volume host-lone-data on host"),
        "lone-notes (scratch)": ("private to the pod, deleted with it", "volume host-lone-notes on host"),
    }
    assert rows["secrets"] == {"lone-key": ("Secret lone-key in fleet", "/srv/fleet/secrets/lone-key on host")}
    assert rows["capacity"]["reserved"] == ("512 MiB and 1 CPUs", "512 MiB and 1 CPUs")
    assert rows["capacity"]["all of host"] == ("512 of 6 144 MiB, 1 of 4 CPUs", "1 024 of 6 144 MiB, 2 of 4 CPUs")
    assert rows["how the target handles it"]["secrets as files"] == ("differs", "differs")
    assert rows["GPU memory"] == {}


def test_what_the_old_stack_still_says_of_the_group_is_a_fault_and_an_edit(project: Path) -> None:
    found = data(project, "lone", "host")
    assert [fault["path"] for fault in found["faults"]] == ["machine.cluster.entrance.exposed.lone"]
    text = (project / f"Pulumi.{STACK}.yaml").read_text().splitlines()
    first, second, third = found["edits"]
    assert text[int(first.split(":")[1]) - 1].strip() == "- lone"
    assert first.endswith("remove lone from fleet:groups")
    assert second.startswith("Pulumi.host.yaml:")
    assert third.endswith("remove machine.cluster.entrance.exposed.lone")


def test_a_move_to_cloud_run_names_what_it_lacks_there(project: Path) -> None:
    found = data(project, "asker", "sky")
    addresses = {row["what"]: row["after"] for row in found["changes"]["addresses"]}
    # From outside the cluster it has the same address, wherever the one who asks is.
    assert addresses == {}
    lone = data(project, "lone", "sky")
    rows = {row["what"]: row["after"] for title in ("data", "secrets", "capacity") for row in lone["changes"][title]}
    assert rows["lone-data (data)"] == "nowhere yet"
    assert rows["lone-notes (scratch)"] == "the instance's memory"
    assert rows["lone-key"] == "lone-key in Secret Manager, no version yet"
    assert rows["reserved"] == "512 MiB and 1 CPUs per instance, 0 to 1 instances"
    assert any("machine.cloud.services.lone" in fault["path"] + fault["remedy"] for fault in lone["faults"])


def test_a_move_that_is_valid_says_so_with_exit_code_0(project: Path) -> None:
    answer = move(project, "asker", STACK)
    assert (answer.code, answer.err) == (0, "")
    lines = answer.out.splitlines()
    assert lines[0] == f"asker: from host (docker) to {STACK} (kubernetes); preview only"
    assert lines[-1] == f"after these edits the fleet is valid; next: fleet plan {STACK}"
    assert "  lone, used by asker on trial: https://lone.example.org:443 -> http://lone.fleet:8000" in lines
    # And it is, once somebody did it.
    for stack, change in (("host", []), (STACK, ["asker"])):
        file = project / f"Pulumi.{stack}.yaml"
        tree = yaml.safe_load(file.read_text())
        groups = [name for name in tree["config"]["fleet:groups"] if name != "asker"] + change
        file.write_text(yaml.safe_dump(merged(tree, {"config": {"fleet:groups": groups}}), sort_keys=False))
    load_project(project)


def test_a_move_that_would_be_refused_shows_every_fault_with_exit_code_2() -> None:
    answer = shipped("move", "audio-emotion", "--to", "cluster")
    assert answer.code == 2
    assert "after these edits the fleet is invalid:" in answer.out
    assert "  host devices, such as audio: supported -> unsupported" in answer.out
    assert "not supported on cluster (kubernetes): host devices, such as audio" in answer.err
    assert "no group on cluster declares huggingface-cache" in answer.err
    assert "main: request 1 536, limit 4 096 MiB on gpu0 (RTX 4090, mps) -> 4 546 MiB on L4 in pool cards" in (
        " ".join(answer.out.split())
    )


@pytest.mark.parametrize(
    ("group", "to", "says"),
    [
        ("nobody", "mainpc", 'unknown group "nobody"'),
        ("vision-gpu", "nowhere", 'unknown stack "nowhere"; use one of cl'),
        ("vision-gpu", "local", "local is a sandbox"),
    ],
)
def test_what_is_no_move_is_refused(group: str, to: str, says: str) -> None:
    answer = shipped("move", group, "--to", to)
    assert (answer.code, answer.out) == (2, "")
    assert says in answer.err


def test_a_group_stays_where_it_is(project: Path) -> None:
    loaded = load_project(project)
    with pytest.raises(NoMoveError, match="lone already runs on trial; choose another stack"):
        plan_move(loaded.fleet, loaded.sources, "lone", STACK)


def test_every_shipped_group_can_be_asked_about_every_stack() -> None:
    loaded = load_project(Path(__file__).resolve().parents[4])
    asked = 0
    for group in loaded.fleet.groups:
        for stack in loaded.fleet.members:
            if stack is not loaded.fleet.home_of(group):
                found = plan_move(loaded.fleet, loaded.sources, group, stack.name)
                assert found.edits
                asked += 1
    assert asked > 50
