"""`fleet verify` and `fleet doctor` on a real daemon: a tiny stack, well, then broken, then mended as they say."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docker
import pytest
import yaml

from tests import daemon
from tests.docker.lab import compose_call
from tests.levels import need

pytestmark = pytest.mark.docker

ROOT = daemon.ROOT
STACK = "verifytrial"
FIRST, SECOND = "verify-first", "verify-second"
IMAGE = "fleet.local/verify-trial:0.1.0"
"""A name of our own for the agent host's image, so that nobody rebuilds it under our containers."""

MACHINE = {
    "name": STACK,
    "title": "Trial of verify",
    "class": "laptop",
    "arch": "amd64",
    "connection": daemon.SOCKET,
    "cpus": 1,
    "memory": "1GiB",
    "memory_reserve": "512MiB",
    "network": {"name": f"{STACK}_internal", "subnet": "10.210.240.0/24"},
}


Checks = dict[tuple[str, str], dict[str, str]]
"""Each check by its subject and name."""


def a_group(**changes: Any) -> dict[str, Any]:
    """A small group that runs the agent host; `changes` go into its main container."""
    main = {
        "image": {"reference": IMAGE},
        "agents": {"FirstAgent": {}},
        "memory": {"request": "64MiB", "limit": "128MiB"},
        "cpu": {"request": "100m", "limit": "500m"},
        "health": {"command": ["python3", "-m", "agent_host.health"], "interval": "2s", "start_period": "30s"},
        "stop_grace": "2s",
        **changes,
    }
    return {"containers": {"main": main}}


class Trial:
    """The project in its folder, and what is done with it."""

    def __init__(self, folder: Path, machine: dict[str, Any]) -> None:
        self.folder = folder
        (folder / "groups" / "trial").mkdir(parents=True)
        shutil.copy(ROOT / "Pulumi.yaml", folder)
        providers = {"pulumi:disable-default-providers": ["*"]}
        config = {**providers, "fleet:machine": machine, "fleet:groups": [FIRST, SECOND]}
        self._write(f"Pulumi.{STACK}.yaml", {"config": config})
        first = {**a_group(mounts={"first-data": {"path": "/data"}}), "volumes": {"first-data": {}}}
        second = {**a_group(agents={"SecondAgent": {}}), "start_after": [FIRST], "peers": [FIRST]}
        self._write(f"groups/trial/{FIRST}.yaml", first)
        self._write(f"groups/trial/{SECOND}.yaml", second)

    def _write(self, name: str, value: dict[str, Any]) -> None:
        (self.folder / name).write_text(yaml.safe_dump(value, sort_keys=False))

    def fleet(self, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
        """Runs the `fleet` command in the project."""
        command = [str(Path(sys.executable).parent / "fleet"), *arguments]
        environment = {**os.environ, "COLUMNS": "100", **env}
        return subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, text=True, check=False)

    def compose(self, *arguments: str) -> None:
        """Runs Docker Compose on the exported file."""
        call = compose_call()
        assert call is not None
        done = subprocess.run(
            [*call, "--file", str(self.folder / "compose.yaml"), *arguments],
            env={**os.environ, "DOCKER_HOST": daemon.SOCKET},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def checks(self, *options: str, **env: str) -> tuple[int, Checks]:
        """Exit code of `fleet verify --json`, and each check by its subject and name."""
        done = self.fleet("verify", STACK, "--json", *options, **env)
        assert done.stdout, done.stderr
        reported = json.loads(done.stdout)
        assert reported["stack"] == STACK
        return done.returncode, {(check["subject"], check["check"]): check for check in reported["checks"]}


@pytest.fixture(scope="module")
def host() -> docker.DockerClient:
    """A daemon with the agent host's image, and Docker Compose."""
    need("docker", daemon.missing())
    need("docker", None if compose_call() else "Docker Compose is not installed; tools/lab/compose builds it")
    client = daemon.client()
    client.images.get(daemon.AGENT_HOST).tag(*IMAGE.rsplit(":", 1))
    return client


@pytest.fixture(scope="module")
def trial(host: docker.DockerClient, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    """The stack, brought up by Compose from its own export."""
    trial = Trial(tmp_path_factory.mktemp("verify") / "project", MACHINE)
    before = trial.fleet("doctor", STACK)
    assert before.returncode == 0, before.stdout + before.stderr
    exported = trial.fleet("export", "compose", STACK, "-o", ".")
    assert exported.returncode == 0, exported.stderr
    try:
        trial.compose("up", "--wait", "--detach")
        yield trial
    finally:
        trial.compose("down", "--volumes", "--timeout", "2")
        host.images.remove(IMAGE, noprune=True)


def mend(command: str, folder: Path) -> None:
    """Runs the command that a check gives. `docker compose` finds Compose wherever it is installed."""
    call = compose_call()
    if shutil.which("docker") is None or call is None:
        pytest.skip("level docker: docker is not on PATH")
    plugins = Path(str(shutil.which(call[0]))).parent
    (folder / "config.json").write_text(json.dumps({"cliPluginsExtraDirs": [str(plugins)]}))
    environment = {**os.environ, "DOCKER_CONFIG": str(folder)}
    done = subprocess.run(["sh", "-c", command], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def well(trial: Trial) -> Checks:
    """What is found of the stack that was just deployed."""
    code, checks = trial.checks()
    assert {key: check for key, check in checks.items() if check["status"] != "good"} == {}
    assert code == 0
    return checks


def test_a_stack_that_was_just_deployed_is_well(well: Checks) -> None:
    assert well[SECOND, f"peer {FIRST}"]["figure"].startswith(f"tcp://{FIRST}:8000 in ")
    assert "10001:10001, read-only root, no capabilities, no new privileges" in well[FIRST, "hardening"]["figure"]
    assert well[FIRST, "ports"]["figure"] == "none published, as planned"
    assert well[f"{STACK}_internal", "network"]["figure"] == "bridge 10.210.240.0/24"
    assert well[f"{STACK}-first-data", "volume"]["figure"] == "in Docker's own folder"


def test_figures_of_use_are_measured(well: Checks) -> None:
    used = int(well[FIRST, "memory"]["figure"].split(" MiB used")[0])
    assert 1 < used < 128
    assert well[FIRST, "cpu"]["figure"].endswith("CPUs used, 0.1 requested, limit 0.5")


def test_a_picture_goes_to_a_pipe_without_control_codes(trial: Trial) -> None:
    done = trial.fleet("verify", STACK)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "\x1b" not in done.stdout
    assert all(len(line) <= 100 for line in done.stdout.splitlines())
    assert f"✓ good  {FIRST}" in done.stdout


def test_doctor_sees_its_own_containers_and_that_compose_made_them(trial: Trial) -> None:
    done = trial.fleet("doctor", STACK, "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    checks = {(check["subject"], check["check"]): check for check in json.loads(done.stdout)["checks"]}
    assert checks["containers", "names"]["mend"] == f"docker -H {daemon.SOCKET} compose -p fleet-{STACK} down"
    assert checks["volumes", "names"]["figure"] == "1 name free or taken by this stack (1 exist)"
    assert checks[f"{STACK}_internal", "name"]["figure"] == "deployed by this stack"
    assert checks[IMAGE, "image"]["status"] == "good"


def test_a_stopped_container_is_named_with_the_command_that_mends_it(
    trial: Trial, host: docker.DockerClient, tmp_path: Path
) -> None:
    host.containers.get(FIRST).stop(timeout=1)
    done = trial.fleet("verify", STACK)
    assert done.returncode == 4, done.stdout + done.stderr
    logs, start = f"docker -H {daemon.SOCKET} logs --tail 20 {FIRST}", f"docker -H {daemon.SOCKET} start {FIRST}"
    lines = done.stdout.splitlines()
    reported = next(number for number, line in enumerate(lines) if line.startswith(f"✗ wrong  {FIRST} runs: stopped "))
    assert f"    {logs}; {start}" in lines[reported:]
    assert any(line.startswith(f"✗ wrong  {SECOND} peer {FIRST}: ") for line in lines)
    mend(f"{logs}; {start}", tmp_path)
    assert trial.checks()[0] == 0


def test_a_container_somebody_made_by_hand_is_found_out(
    trial: Trial, host: docker.DockerClient, well: Checks, tmp_path: Path
) -> None:
    host.containers.get(SECOND).remove(force=True)
    host.containers.run(IMAGE, ["sleep", "60"], name=SECOND, user="0:0", ports={"8000/tcp": None}, detach=True)
    code, checks = trial.checks("--retries", "0")
    assert code == 4
    wrong = {
        check for (subject, check), reported in checks.items() if subject == SECOND and reported["status"] == "wrong"
    }
    assert wrong >= {"hardening", "limits", "network", "ports", f"peer {FIRST}"}
    assert not wrong & {"runs", "image", "mounts"}
    assert "user 0:0, planned 10001:10001; root writable, planned read-only" in checks[SECOND, "hardening"]["figure"]
    assert "0.0.0.0" in checks[SECOND, "ports"]["figure"]  # noqa: S104  (what must be found out)
    assert checks[SECOND, "network"]["figure"] == f"in bridge, planned only {STACK}_internal"
    host.containers.get(SECOND).remove(force=True)
    code, checks = trial.checks("--retries", "0")
    assert (code, checks[SECOND, "runs"]["figure"]) == (4, "does not exist")
    mend(checks[SECOND, "runs"]["mend"], tmp_path)
    code, checks = trial.checks()
    assert (code, set(checks)) == (0, set(well))


def test_a_machine_behind_ssh_is_read_in_the_same_way(trial: Trial, tmp_path: Path) -> None:
    if shutil.which("docker") is None:
        pytest.skip("level docker: docker is not on PATH")
    shim = tmp_path / "bin" / "ssh"
    shim.parent.mkdir()
    # The last word is what ssh would run on the machine.
    shim.write_text(f'#!/bin/sh\nfor last; do :; done\nDOCKER_HOST={daemon.SOCKET} exec sh -c "$last"\n')
    shim.chmod(0o755)
    behind = Trial(tmp_path / "project", {**MACHINE, "connection": "ssh://owner@verify.invalid"})
    code, checks = behind.checks(PATH=f"{shim.parent}:{os.environ['PATH']}")
    assert (code, {check["status"] for check in checks.values()}) == (0, {"good"})
    assert checks[SECOND, f"peer {FIRST}"]["status"] == "good"
