"""The federation on a real daemon: what a tenant's agents reach, and what they try to reach in vain."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docker
import pytest
import yaml

from components.docker.render import networks_of
from fleet.load.project import load_project
from fleet.plan.deployment import Deployment
from fleet.plan.planner import plan_stack
from tests import daemon
from tests.docker.lab import compose_call, wait_until
from tests.levels import need

pytestmark = pytest.mark.docker

STACK = "tenanttrial"
HUB = "federation-hub"
TOGETHER = ("federation-researcher", "federation-coder", "federation-tester", "federation-reviewer")
ISOLATED = "federation-isolated"
SUBNETS = {"test-collaboration": "10.210.246.0/24", "different-tenant": "10.210.247.0/24"}
MACHINE = {
    "name": STACK,
    "title": "Trial of tenants",
    "class": "laptop",
    "arch": "amd64",
    "connection": daemon.SOCKET,
    "cpus": 2,
    "memory": "4GiB",
    "network": {"name": f"{STACK}_internal", "subnet": "10.210.245.0/24"},
    "tenants": {tenant: {"subnet": subnet} for tenant, subnet in SUBNETS.items()},
}
_TRY = """
import json, socket
from concurrent.futures import ThreadPoolExecutor
def attempt(place):
    try:
        socket.create_connection(place, 2).close()
        return ""
    except OSError as error:
        return type(error).__name__
places = {places!r}
with ThreadPoolExecutor() as pool:
    print(json.dumps(list(pool.map(attempt, places))))
"""
OUTSIDE = ("10.210.244.1", "10.210.244.2", 8000)
"""This machine's and another's address on a cable between them, and the port that answers there."""

Place = tuple[str, int]


class Federation:
    """The shipped federation, with stand-ins for its agents, as Compose brought it up."""

    def __init__(self, folder: Path, host: docker.DockerClient) -> None:
        self._folder, self._host = folder, host
        (folder / "groups").mkdir(parents=True)
        shutil.copy(daemon.ROOT / "Pulumi.yaml", folder)
        shutil.copytree(daemon.ROOT / "groups/agentic-flow", folder / "groups/agentic-flow")
        config = {
            "pulumi:disable-default-providers": ["*"],
            "fleet:sandbox": "true",
            "fleet:machine": MACHINE,
            "fleet:groups": [HUB, *TOGETHER, ISOLATED],
        }
        (folder / f"Pulumi.{STACK}.yaml").write_text(yaml.safe_dump({"config": config}))
        self.plan: Deployment = plan_stack(load_project(folder).fleet, STACK)
        self._export()

    def compose(self, *arguments: str) -> None:
        """Runs Docker Compose on the exported file."""
        call = compose_call()
        assert call is not None
        environment = {**os.environ, "DOCKER_HOST": daemon.SOCKET}
        command = [*call, "--file", str(self._folder / "compose.yaml"), *arguments]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr

    def address(self, group: str, network: str) -> str:
        """A container's address in a network."""
        networks = self._container(group).attrs["NetworkSettings"]["Networks"]
        return str(networks[network]["IPAddress"])

    def networks(self, group: str) -> list[str]:
        """Networks a container really is in."""
        return sorted(self._container(group).attrs["NetworkSettings"]["Networks"])

    def attempts(self, group: str, *places: Place) -> list[str]:
        """Connects from a container to hosts and ports: empty where it succeeds, else the kind of error."""
        return list(self._inside(group, _TRY.format(places=list(places))))

    def reachable_peers(self, group: str) -> dict[str, bool]:
        """What a container's own address book reaches, by its own word."""
        script = (
            "import json, urllib.request as u, os\n"
            "answer = json.load(u.urlopen(f'http://127.0.0.1:{os.environ[\"FLEET_PORT\"]}/ping'))\n"
            "print(json.dumps({ref: peer['reachable'] for ref, peer in answer['peers'].items()}))"
        )
        return dict(self._inside(group, script))

    def _inside(self, group: str, script: str) -> Any:
        code, output = self._container(group).exec_run(["python3", "-c", script])
        assert code == 0, output
        return json.loads(output)

    def _container(self, group: str) -> Any:
        return self._host.containers.get(f"{STACK}-{group}")

    def _export(self) -> None:
        fleet = Path(sys.executable).parent / "fleet"
        command = [str(fleet), "export", "compose", STACK, "-o", str(self._folder)]
        done = subprocess.run(command, cwd=self._folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def federation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Federation]:
    """Hub and agents of both tenants, all healthy."""
    need("docker", daemon.missing())
    need("docker", None if compose_call() else "Docker Compose is not installed; tools/lab/compose builds it")
    host = daemon.client()
    federation = Federation(tmp_path_factory.mktemp(STACK) / "project", host)
    images = {container.image for container in federation.plan.containers}
    for image in images:
        host.images.get(daemon.AGENT_HOST).tag(image)
    try:
        federation.compose("up", "--detach", "--wait")
        yield federation
    finally:
        federation.compose("down", "--volumes")
        for image in images:
            host.images.remove(image)


@pytest.fixture
def outside() -> Iterator[Place]:
    """Another machine, as far as containers can tell: a network namespace behind a cable, where something answers."""
    need("docker", None if os.geteuid() == 0 and shutil.which("ip") else "another machine needs root and ip")
    here, there, port = OUTSIDE
    pair = ("ip", "link", "add", f"{STACK[:8]}0", "type", "veth", "peer", "name", f"{STACK[:8]}1", "netns", STACK)
    answer = [sys.executable, "-m", "http.server", str(port), "--bind", there]
    _run("ip", "netns", "add", STACK)
    try:
        _run(*pair)
        _run("ip", "address", "add", f"{here}/30", "dev", f"{STACK[:8]}0")
        _run("ip", "link", "set", f"{STACK[:8]}0", "up")
        for words in (
            ("address", "add", f"{there}/30", "dev", f"{STACK[:8]}1"),
            ("link", "set", f"{STACK[:8]}1", "up"),
        ):
            _run("ip", "-n", STACK, *words)
        with subprocess.Popen(["ip", "netns", "exec", STACK, *answer], stderr=subprocess.DEVNULL) as server:
            try:
                wait_until(lambda: _answers((there, port)), 10, "the other machine answers")
                yield there, port
            finally:
                server.terminate()
    finally:
        _run("ip", "netns", "delete", STACK)


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(command)}: {done.stderr}"


def _answers(place: Place) -> bool:
    try:
        socket.create_connection(place, 1).close()
    except OSError:
        return False
    return True


def _network(tenant: str) -> str:
    return f"{STACK}_internal_{tenant}"


def test_containers_are_in_the_networks_the_plan_says(federation: Federation) -> None:
    for group in federation.plan.groups:
        assert federation.networks(group.name) == sorted(networks_of(group, federation.plan.machine))


@pytest.mark.parametrize("agent", [*TOGETHER, ISOLATED])
def test_an_agent_of_either_tenant_reaches_the_hub(federation: Federation, agent: str) -> None:
    assert federation.attempts(agent, (HUB, 8443), (HUB, 8444)) == ["", ""]


def test_each_agent_reaches_all_it_names_as_its_peers(federation: Federation) -> None:
    assert {agent: federation.reachable_peers(agent) for agent in (*TOGETHER, ISOLATED)} == {
        "federation-researcher": {HUB: True},
        "federation-coder": {HUB: True, "federation-researcher": True},
        "federation-tester": {HUB: True, "federation-coder": True},
        "federation-reviewer": {HUB: True, "federation-coder": True, "federation-tester": True},
        ISOLATED: {HUB: True},
    }


def test_another_tenants_agents_are_not_found_by_name(federation: Federation) -> None:
    # One each way: a name that Docker does not know is asked of servers out of reach, for ten seconds.
    assert federation.attempts(ISOLATED, (TOGETHER[0], 8000)) == ["gaierror"]
    assert federation.attempts(TOGETHER[0], (ISOLATED, 8000)) == ["gaierror"]


def test_another_tenants_agents_are_not_reached_by_address(federation: Federation) -> None:
    theirs = [(federation.address(agent, _network("test-collaboration")), 8000) for agent in TOGETHER]
    own = (federation.address(ISOLATED, _network("different-tenant")), 8000)
    # The very addresses answer the hub, which is in both networks.
    assert set(federation.attempts(HUB, *theirs, own)) == {""}
    assert "" not in federation.attempts(ISOLATED, *theirs)
    for agent in TOGETHER:
        assert "" not in federation.attempts(agent, own)


def test_the_hub_is_no_bridge_between_its_tenants(federation: Federation) -> None:
    elsewhere = (federation.address(HUB, _network("test-collaboration")), 8443)
    assert federation.attempts(TOGETHER[0], elsewhere) == [""]
    assert "" not in federation.attempts(ISOLATED, elsewhere)


def test_the_hub_reaches_agents_of_both_tenants_by_name(federation: Federation) -> None:
    assert set(federation.attempts(HUB, *((agent, 8000) for agent in (*TOGETHER, ISOLATED)))) == {""}


def test_a_tenants_agents_have_no_way_out_of_the_machine(federation: Federation, outside: Place) -> None:
    assert federation.plan.closed_tenants == tuple(sorted(SUBNETS))
    assert federation.attempts(HUB, outside) == [""]
    for agent in (TOGETHER[0], ISOLATED):
        assert "" not in federation.attempts(agent, outside)
