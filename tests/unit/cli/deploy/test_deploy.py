"""`fleet up` and `fleet down`, with a stand-in for the Pulumi command line that writes down how it was called."""

from __future__ import annotations

import json
import shutil
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pulumi.automation
import pytest

from cli.diagnostics import connection
from cli.doctor import read_daemon
from cli.doctor.facts import ImageFacts, MachineFacts, NeighbourFacts
from cli.verify.facts import NetworkFacts
from fleet.load.project import load_project
from fleet.plan.deployment import Deployment
from fleet.plan.planner import plan_stack
from tests.unit.builders import ROOT, swap, write_project
from tests.unit.cli.running import Answer, fleet
from tests.unit.cli.trial_machine import daemon as daemon_facts
from tests.unit.cli.trial_machine import machine

_PULUMI = f"""#!{sys.executable}
import json, os, sys
from pathlib import Path
reported = {{name: value for name, value in os.environ.items() if name.startswith("PULUMI_")}}
with Path(__file__).with_name("calls").open("a") as calls:
    calls.write(json.dumps([sys.argv[1:], os.getcwd(), reported]) + "\\n")
events = Path(__file__).with_name("events")
if "--event-log" in sys.argv and events.exists():
    Path(sys.argv[-1]).write_text(events.read_text())
if sys.argv[1:3] == ["stack", "export"]:
    state = Path(__file__).with_name("state.json")
    print(state.read_text() if state.exists() else "{{}}")
if sys.argv[1] == os.environ.get("FAILING"):
    print("no backend", file=sys.stderr)
    sys.exit(255)
"""

LATEST = swap(
    "    build:\n      variant: cpu\n      requirements:\n        - fastapi\n        - pydantic\n        - networkx\n"
    "        - redis\n        - rq\n",
    "    image: {reference: 'ghcr.io/me/tutor:latest'}\n    health: {command: [/bin/ready]}\n",
)

Calls = list[tuple[list[str], str, dict[str, str]]]


@pytest.fixture
def bin_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the stand-in, alone on PATH; nobody is logged in."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "pulumi").write_text(_PULUMI)
    (folder / "pulumi").chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path / "home"))
    for name in ("PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE"):
        monkeypatch.delenv(name, raising=False)
    return folder


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the shipped project."""
    folder = tmp_path / "project"
    folder.mkdir()
    write_project(folder)
    (folder / "Pulumi.yaml").write_text("name: fleet\nruntime: python\n")
    return folder


@pytest.fixture(autouse=True)
def daemon(monkeypatch: pytest.MonkeyPatch) -> Daemon:
    """A daemon that answers, in place of every other."""
    found = Daemon()

    @contextmanager
    def connected(deployment: Deployment) -> Iterator[Daemon]:
        found.connections.append(deployment.machine.connection)
        if found.error is not None:
            raise found.error
        yield found

    def read_machine(_: Daemon, deployment: Deployment, *, sizes: bool) -> MachineFacts:
        assert not sizes, "reading the sizes of volumes takes minutes"
        facts = found.facts.pop(0) if found.facts else HEALTHY
        return replace(facts, images={container.image: ImageFacts("", 1) for container in deployment.containers})

    monkeypatch.setattr(connection, "connected", connected)
    monkeypatch.setattr(read_daemon, "read_machine", read_machine)
    return found


HEALTHY = machine(host=None, daemon=daemon_facts(api_version="1.51", cpus=64))


class Daemon:
    """What a daemon was asked, and what its machine shows at each look, at first; then all is well."""

    def __init__(self) -> None:
        self.connections: list[str] = []
        self.error: Exception | None = None
        self.facts: list[MachineFacts] = []


def calls(folder: Path) -> Calls:
    """How the stand-in was called: arguments, working directory, Pulumi's variables."""
    file = folder / "calls"
    return [tuple(json.loads(line)) for line in file.read_text().splitlines()] if file.exists() else []


def test_a_sandbox_is_deployed_with_state_in_the_checkout(bin_folder: Path, project: Path, daemon: Daemon) -> None:
    answer = fleet(project, "up", "local", PULUMI_BACKEND_URL="https://elsewhere.example")
    assert (answer.code, answer.out) == (0, "")
    select, export, refresh, up = calls(bin_folder)
    assert select[0] == ["stack", "select", "--create", "local"]
    assert export[0] == ["stack", "export", "--stack", "local"]
    assert refresh[0][:-1] == ["refresh", "--stack", "local", "--yes", "--skip-preview", "--event-log"]
    assert up[0][:-1] == ["up", "--stack", "local", "--yes", "--policy-pack", "policy", "--event-log"]
    assert up[1] == str(project)
    assert up[2]["PULUMI_BACKEND_URL"] == f"file://{project}/.state"
    assert up[2]["PULUMI_CONFIG_PASSPHRASE"] == ""
    assert up[2]["PULUMI_SKIP_UPDATE_CHECK"] == "true"
    assert (project / ".state").stat().st_mode & 0o777 == 0o700
    assert answer.err == ""
    assert daemon.connections == ["unix:///var/run/docker.sock"]


def test_a_backend_that_the_caller_chose_stays(bin_folder: Path, project: Path) -> None:
    assert fleet(project, "up", "mainpc", PULUMI_BACKEND_URL="s3://state").code == 0
    assert {reported["PULUMI_BACKEND_URL"] for _, _, reported in calls(bin_folder)} == {"s3://state"}


@pytest.mark.parametrize(
    ("credentials", "chosen"),
    [('{"current": "https://api.pulumi.com"}', True), ("{}", False), ("[]", False), ("{", False), (None, False)],
)
def test_a_login_is_a_chosen_backend(
    bin_folder: Path, project: Path, tmp_path: Path, credentials: str | None, chosen: bool
) -> None:
    (tmp_path / "home").mkdir()
    if credentials is not None:
        (tmp_path / "home/credentials.json").write_text(credentials)
    assert fleet(project, "up", "mainpc").code == 0
    assert ("PULUMI_BACKEND_URL" not in calls(bin_folder)[-1][2]) is chosen


def test_a_stack_is_removed_without_its_data_or_its_daemon(bin_folder: Path, project: Path, daemon: Daemon) -> None:
    answer = fleet(project, "down", "local")
    assert (answer.code, answer.out, answer.err) == (0, "", "")
    assert calls(bin_folder)[-2][0] == ["destroy", "--stack", "local", "--yes", "--exclude-protected"]
    assert daemon.connections == []


def test_a_cluster_asks_no_daemon(bin_folder: Path, project: Path, daemon: Daemon) -> None:
    shutil.copytree(ROOT / "groups", project / "groups", dirs_exist_ok=True)
    for file in ROOT.glob("Pulumi.*.yaml"):
        shutil.copy(file, project)
    assert fleet(project, "up", "cluster").code == 0
    assert daemon.connections == []


@pytest.mark.parametrize("command", ["up", "down"])
def test_an_unknown_stack_is_bad_input(bin_folder: Path, project: Path, command: str) -> None:
    answer = fleet(project, command, "mainpcc")
    assert (answer.code, answer.out, calls(bin_folder)) == (2, "", [])
    assert answer.err.startswith('unknown stack "mainpcc"; did you mean mainpc?')


def test_a_stack_that_cannot_be_selected_is_bad_input(bin_folder: Path, project: Path) -> None:
    answer = fleet(project, "up", "mainpc", FAILING="stack")
    assert answer.code == 2
    assert answer.err == "stack select --create mainpc failed: no backend\n"


def test_an_update_that_fails_fails_the_command(bin_folder: Path, project: Path) -> None:
    answer = fleet(project, "up", "mainpc", FAILING="up")
    assert answer.code == 1
    assert "`fleet doctor mainpc` lists what the machine lacks" in answer.err


def test_a_violation_is_reported_before_pulumi_runs(bin_folder: Path, project: Path) -> None:
    write_project(project, tutor_suite_cpu=LATEST)
    answer = fleet(project, "up", "pc2")
    assert (answer.code, answer.out, calls(bin_folder)) == (3, "", [])
    head, found, *_ = answer.err.splitlines()
    assert head == "pc2: 1 violation of mandatory policies; nothing deployed"
    assert found.startswith("  D01 no-latest   mandatory")


def test_the_pulumi_of_the_checkout_serves_where_path_has_none(
    bin_folder: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = project / ".pulumi-cli/bin"
    folder.mkdir(parents=True)
    (bin_folder / "pulumi").rename(folder / "pulumi")
    assert fleet(project, "up", "mainpc").code == 0
    assert len(calls(folder)) == 4


def install(result: Callable[[], Any], monkeypatch: pytest.MonkeyPatch, bin_folder: Path, project: Path) -> Answer:
    """Runs `fleet up` where Pulumi must be installed."""
    stand_in = bin_folder / "pulumi"
    stand_in.rename(bin_folder / "installed")
    monkeypatch.setattr(pulumi.automation.PulumiCommand, "install", lambda root: result())
    return fleet(project, "up", "mainpc")


def test_pulumi_is_installed_where_it_is_missing(
    bin_folder: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Installed:
        command = str(bin_folder / "installed")

    answer = install(Installed, monkeypatch, bin_folder, project)
    assert answer.code == 0
    assert answer.err.startswith("pulumi is not on PATH; installing its official release into .pulumi-cli/\n")
    assert len(calls(bin_folder)) == 4


def test_a_download_that_fails_names_what_works_without_it(
    bin_folder: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> None:
        raise OSError

    answer = install(refuse, monkeypatch, bin_folder, project)
    assert answer.code == 2
    assert "the Pulumi CLI is missing and could not be downloaded (OSError)" in answer.err
    assert "make plan STACK=mainpc" in answer.err


def test_a_daemon_that_does_not_answer_is_named(bin_folder: Path, project: Path, daemon: Daemon) -> None:
    daemon.error = connection.UnreachableError("ssh://owner@mainpc: no Docker daemon answers (refused); start it")
    answer = fleet(project, "up", "mainpc")
    assert (answer.code, calls(bin_folder)) == (2, [])
    assert answer.err == "ssh://owner@mainpc: no Docker daemon answers (refused); start it\n"


def test_what_would_stop_the_update_is_all_that_is_reported(bin_folder: Path, project: Path, daemon: Daemon) -> None:
    daemon.facts = [replace(HEALTHY, networks={"theirs": NetworkFacts("bridge", ("10.210.0.0/16",), id="1")})]
    answer = fleet(project, "up", "local")
    assert (answer.code, answer.out, calls(bin_folder)) == (4, "", [])
    head, problem, fix = answer.err.splitlines()
    assert head == "local: 1 problem would stop the update; nothing deployed"
    assert problem.startswith("  local_internal subnet: 10.210.")
    assert "overlaps network theirs (10.210.0.0/16)" in problem
    assert fix.startswith("    set machine.network.subnet in Pulumi.local.yaml to a free /24")


def test_what_is_wrong_but_lets_an_update_pass_does_not_stop_it(
    bin_folder: Path, project: Path, daemon: Daemon
) -> None:
    facts = daemon_facts(api_version="1.51", cpus=64, memory_limit=False, forwarding=False, memory_mib=1)
    daemon.facts = [replace(HEALTHY, daemon=facts)]
    assert fleet(project, "up", "local").code == 0


def test_after_a_failure_the_machine_is_looked_at_again(bin_folder: Path, project: Path, daemon: Daemon) -> None:
    name = plan_stack(load_project(project).fleet, "local").containers[0].name
    daemon.facts = [HEALTHY, replace(HEALTHY, containers=(NeighbourFacts(name, {}, frozenset()),))]
    answer = fleet(project, "up", "local", FAILING="up")
    assert answer.code == 1
    assert "local: the update failed, since\n" in answer.err
    assert f"  {name} name: the name is taken by another container\n" in answer.err


def write_state_file(project: Path, **latest: Any) -> None:
    """The state of `local` in the backend of the checkout."""
    file = project / ".state/.pulumi/stacks/fleet/local.json"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps({"version": 3, "checkpoint": {"latest": latest}}))


def test_what_a_killed_update_left_is_reported_with_the_commands(bin_folder: Path, project: Path) -> None:
    urn = "urn:pulumi:local::fleet::docker:index/network:Network::local-network-bridge"
    write_state_file(project, pending_operations=[{"type": "creating", "resource": {"urn": urn}}])
    lock = {"pid": 2**22 + 1, "username": "me", "hostname": socket.gethostname(), "timestamp": "today"}
    file = project / ".state/.pulumi/locks/organization/fleet/local/1.json"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps(lock))
    prefix = f"    PULUMI_BACKEND_URL=file://{project}/.state PULUMI_CONFIG_PASSPHRASE='' pulumi"
    for command, ending in (
        ("up", "would stop the update; nothing deployed"),
        ("down", "of the state; nothing removed"),
    ):
        answer = fleet(project, command, "local")
        assert (answer.code, answer.out, calls(bin_folder)) == (4, "", []), command
        assert answer.err.splitlines() == [
            f"local: 2 problems {ending}",
            f"  state lock: held by me@{socket.gethostname()} (pid {lock['pid']}) since today, which has ended",
            f"{prefix} cancel --yes local",
            "  state pending operations: an interrupted update left creating local-network-bridge",
            f"{prefix} refresh --yes --clear-pending-creates --stack local",
        ], command


def test_a_failed_build_shows_its_last_lines(bin_folder: Path, project: Path) -> None:
    urn = "urn:pulumi:mainpc::fleet::fleet:docker:DockerMachine$docker:index/image:Image::mainpc-images-web"
    events = [{"message": "ls: no such file\n"}, {"message": "exit code: 2", "severity": "error"}]
    (bin_folder / "events").write_text(
        "\n".join(json.dumps({"diagnosticEvent": {"urn": urn, **event}}) for event in events)
    )
    answer = fleet(project, "up", "mainpc", FAILING="up")
    assert answer.code == 1
    assert answer.err.endswith(
        "image mainpc-images-web: build failed: exit code: 2; its last lines:\n    ls: no such file\n"
    )


def volume(name: str, **more: Any) -> dict[str, Any]:
    """A kept volume in the state of `local`."""
    type_ = "docker:index/volume:Volume"
    parents = "fleet:docker:DockerMachine$fleet:docker:DataVolume"
    urn = f"urn:pulumi:local::fleet::{parents}${type_}::local-volume-{name}-volume"
    kept = {"protect": True, "retainOnDelete": True}
    return {"urn": urn, "type": type_, "id": f"local-{name}", **kept, "inputs": {}, **more}


def write_state(folder: Path, *resources: dict[str, Any]) -> None:
    (folder / "state.json").write_text(json.dumps({"deployment": {"resources": list(resources)}}))


def test_an_update_that_would_remove_a_volume_with_data_names_the_command(bin_folder: Path, project: Path) -> None:
    old = volume("old-data")
    write_state(bin_folder, volume("memory-data"), old)
    answer = fleet(project, "up", "local")
    assert (answer.code, [words[0] for words, _, _ in calls(bin_folder)]) == (2, ["stack", "stack"])
    *_, problem, command = answer.err.splitlines()
    assert problem == (
        "Pulumi.local.yaml: no group uses volume local-old-data any more, and Pulumi does not remove what is protected"
        "; list the group again, or run this to drop it from the stack, and deploy again. The data stays where it is:"
    )
    assert command == (
        f"    PULUMI_BACKEND_URL=file://{project}/.state PULUMI_CONFIG_PASSPHRASE='' "
        f"pulumi state unprotect --stack local --yes '{old['urn']}'"
    )


def test_what_is_not_protected_or_not_retained_is_left_to_pulumi(bin_folder: Path, project: Path) -> None:
    let_go = volume("let-go", protect=False)
    write_state(bin_folder, let_go, volume("lost", retainOnDelete=False), volume("replaced", delete=True))
    assert fleet(project, "up", "local").code == 0
    assert fleet(project, "down", "local").out == ""


def test_what_down_keeps_is_listed_with_the_commands_that_delete_it(bin_folder: Path, project: Path) -> None:
    bound = volume("logs", inputs={"driverOpts": {"device": "/data/logs"}})
    write_state(bin_folder, volume("memory-data"), bound)
    answer = fleet(project, "down", "local")
    assert answer.code == 0
    prefix = f"    PULUMI_BACKEND_URL=file://{project}/.state PULUMI_CONFIG_PASSPHRASE='' pulumi"
    assert answer.out.splitlines() == [
        "2 resources with data kept: volume local-memory-data, volume local-logs",
        "the next `fleet up local` uses them again; to delete them instead, run",
        f"{prefix} state unprotect --stack local --all --yes",
        f"{prefix} destroy --stack local --yes",
        "    docker -H unix:///var/run/docker.sock volume rm local-memory-data local-logs",
        "folders of the machine keep their files: /data/logs",
    ]


def test_a_removal_that_fails_lists_nothing(bin_folder: Path, project: Path) -> None:
    write_state(bin_folder, volume("memory-data"))
    answer = fleet(project, "down", "local", FAILING="destroy")
    assert (answer.code, answer.out) == (1, "")


def test_a_refresh_that_fails_ends_the_command(bin_folder: Path, project: Path) -> None:
    assert fleet(project, "up", "mainpc", FAILING="refresh").code == 1
    assert [words[0] for words, _, _ in calls(bin_folder)][-1] == "refresh"


def test_make_calls_the_commands() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert "@$(BIN)/fleet up $(STACK)" in makefile
    assert "@$(BIN)/fleet down $(STACK)" in makefile
