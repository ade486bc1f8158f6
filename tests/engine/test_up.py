"""`fleet up` says what would stop an update, or stopped one, once and with its fix."""

from __future__ import annotations

import shlex
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import docker
import pytest
from docker.types import IPAMConfig, IPAMPool

from tests import daemon
from tests.engine.conftest import machine
from tests.engine.killed import kill_at
from tests.engine.sshd import reached_by
from tests.engine.workspace import ROOT, Outcome, Workspace, a_group

pytestmark = pytest.mark.engine

FLEET = Path(sys.executable).parent / "fleet"
ADDRESS, PORT, SUBNET = "10.98.79.1", 18123, "10.210.229.0/24"
KEY = "key"


@pytest.fixture(autouse=True)
def _address(host: docker.DockerClient) -> Iterator[None]:
    """Gives this machine an address that others could reach: that of a bridge without members."""
    pool = IPAMConfig(pool_configs=[IPAMPool(subnet="10.98.79.0/24", gateway=ADDRESS)])
    network = host.networks.create("up-lan", ipam=pool)
    try:
        yield
    finally:
        network.remove()


@pytest.fixture
def project(host: docker.DockerClient, tmp_path: Path) -> Iterator[Workspace]:
    """A stack that nobody deployed yet, of a group with a secret and a published port."""
    made = Workspace(tmp_path, "up")
    for name in ("policy", ".venv"):
        (made.folder / name).symlink_to(ROOT / name)
    group = a_group(agents={"First": {}}, secrets=[KEY])
    made.write_group("first", {**group, "ports": {"main": {"port": 8000, "host_port": PORT}}})
    secrets = made.folder / "secrets"
    secrets.mkdir()
    (secrets / KEY).write_text("of this test")
    (secrets / KEY).chmod(0o444)
    network = {"name": "up_internal", "subnet": SUBNET}
    described = {**machine(host), "name": "up", "network": network, "lan_address": ADDRESS}
    made.write_stack({**described, "secrets_folder": str(secrets)}, ["first"])
    # Only what another machine uses is published.
    made.write_group("far", {**a_group(agents={"Far": {}}), "peers": ["first"]})
    network = {"name": "far_internal", "subnet": "10.210.227.0/24"}
    far = {**machine(host), "name": "far", "network": network, "connection": "ssh://far", "lan_address": "10.98.79.2"}
    Workspace(tmp_path, "far").write_stack(far, ["far"])
    made.init()
    yield made
    outcome = made.destroy()
    assert outcome.code == 0, outcome.text


def up(project: Workspace) -> Outcome:
    return project.shell(f"{FLEET} up {project.stack}")


def docker_at(*words: str) -> str:
    return shlex.join(["docker", "-H", daemon.SOCKET, *words])


@contextmanager
def without_secret(project: Workspace, _: docker.DockerClient) -> Iterator[None]:
    file = project.folder / "secrets" / KEY
    hidden = file.rename(file.with_name("hidden"))
    yield
    hidden.rename(file)


@contextmanager
def port_taken_by_program(*_: Any) -> Iterator[None]:
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind((ADDRESS, PORT))
        taken.listen()
        yield


@contextmanager
def port_taken_by_container(_: Workspace, host: docker.DockerClient) -> Iterator[None]:
    ports = {"8000/tcp": (ADDRESS, PORT)}
    taken = host.containers.create(daemon.AGENT_HOST, ["sleep", "600"], name="up-taker", ports=ports, network="up-lan")
    try:
        taken.start()
        yield
    finally:
        taken.remove(force=True)


@contextmanager
def subnet_taken(_: Workspace, host: docker.DockerClient) -> Iterator[None]:
    pool = IPAMConfig(pool_configs=[IPAMPool(subnet="10.210.228.0/23")])
    labels = {"com.docker.compose.project": "theirs"}
    network = host.networks.create("theirs_default", ipam=pool, labels=labels)
    try:
        yield
    finally:
        network.remove()


@contextmanager
def name_taken(_: Workspace, host: docker.DockerClient) -> Iterator[None]:
    taken = host.containers.create(daemon.AGENT_HOST, name="first")
    try:
        yield
    finally:
        taken.remove(force=True)


OBSTACLES: dict[str, tuple[Callable[..., AbstractContextManager[None]], str, str]] = {
    "a missing secret": (without_secret, "{secrets}/key secret: does not exist", "sudo install -D -o 10001"),
    "a port of a program": (
        port_taken_by_program,
        f"{ADDRESS}:{PORT} port: used by a program of the machine, not by a container",
        f"sudo ss -lnp --tcp 'sport = {PORT}'",
    ),
    "a port of a container": (
        port_taken_by_container,
        f"{ADDRESS}:{PORT} port: used by container up-taker",
        docker_at("stop", "up-taker"),
    ),
    "a subnet": (
        subnet_taken,
        f"up_internal subnet: {SUBNET} overlaps network theirs_default (10.210.228.0/23)",
        "set machine.network.subnet in Pulumi.up.yaml to a free /24",
    ),
    "a name": (
        name_taken,
        "first name: the name is taken by another container",
        docker_at("rename", "first", "first-old"),
    ),
}


def test_an_obstacle_is_all_that_is_reported(project: Workspace, host: docker.DockerClient) -> None:
    for name, (obstacle, problem, fix) in OBSTACLES.items():
        with obstacle(project, host):
            outcome = up(project)
        head, shown, command, *rest = outcome.text.splitlines()
        assert outcome.code == 4, f"{name}: {outcome.text}"
        assert head == "up: 1 problem would stop the update; nothing deployed", name
        assert shown == f"  {problem.format(secrets=project.folder / 'secrets')}", name
        assert command.startswith(f"    {fix}"), f"{name}: {command}"
        assert not rest, f"{name}: {rest}"
    assert up(project).code == 0
    assert up(project).code == 0, "its own names and ports are no obstacle"


def test_what_only_the_daemon_knows_is_named_once_after_the_failure(
    project: Workspace, host: docker.DockerClient
) -> None:
    """Over ssh no file or program of the machine is visible."""
    causes = {
        "a missing secret": (f"{project.folder}/secrets/key path: does not exist on the machine", "install -D"),
        "a port of a program": (f"{ADDRESS}:{PORT} port: used by a program of the machine", "ss -lnp"),
    }
    with reached_by("ssh") as (connection, environment):
        far = Workspace(project.folder, project.stack, environment)
        file = far.folder / f"Pulumi.{far.stack}.yaml"
        file.write_text(file.read_text().replace(f"connection: {daemon.SOCKET}", f"connection: {connection}"))
        for name, (problem, fix) in causes.items():
            with OBSTACLES[name][0](project, host):
                outcome = up(far)
            *_, head, shown, command = outcome.text.splitlines()
            assert outcome.code == 1, f"{name}: {outcome.text}"
            assert head == "up: the update failed, since", f"{name}: {outcome.text}"
            assert shown == f"  {problem}", f"{name}: {outcome.text}"
            assert fix in command, f"{name}: {command}"
        assert up(far).code == 0
        # While its daemon can be reached.
        assert far.destroy().code == 0


def test_a_violation_is_all_that_is_reported(project: Workspace) -> None:
    project.edit_group(
        "first",
        lambda group: group["containers"]["main"].update(image={"reference": "docker.io/me/agent:latest"}),
    )
    pipeline = f"{shlex.quote(sys.executable)} -m tools.ci.stack up up --report report.md"
    for command in (f"{FLEET} up up", f"PYTHONPATH={ROOT} PULUMI_CONFIG_PASSPHRASE=x FLEET_RUNNER=here {pipeline}"):
        outcome = project.shell(command)
        head, found, *rest = outcome.text.splitlines()
        assert outcome.code == 3, f"{command}: {outcome.text}"
        assert head == "up: 1 violation of mandatory policies; nothing deployed", command
        assert found.startswith("  D01 no-latest   mandatory"), command
        assert all(line.startswith("    ") for line in rest), f"{command}: {outcome.text}"


def test_after_a_kill_the_commands_are_printed_and_lead_to_a_green_update(project: Workspace) -> None:
    kill_at(project, "up-first-main creating")
    for _ in range(5):
        outcome = up(project)
        if outcome.code != 4:
            break
        head, *lines = outcome.text.splitlines()
        assert head.endswith("would stop the update; nothing deployed"), outcome.text
        for command in (line.strip() for line in lines if line.startswith("    ")):
            done = project.shell(command)
            assert done.code == 0, f"{command}: {done.text}"
    assert outcome.code == 0, outcome.text
