"""Pages for people on a real daemon: on this machine's own address and on 127.0.0.1, and nowhere else."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import docker
import pytest

from tests import daemon
from tests.engine.conftest import machine, own_address
from tests.engine.workspace import Workspace, a_group

pytestmark = pytest.mark.engine

NAME = "pages-trial"
IMAGE = f"{NAME}:1"
LAN_PORT, LOCAL_PORT, HOST_PORT = 38931, 38932, 38934
ASK = "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/')"


def _page(port: dict[str, object]) -> dict[str, object]:
    group = a_group(
        image={"reference": IMAGE},
        command=["python3", "-m", "http.server", "8000", "--directory", "/app"],
        health={"command": ["python3", "-c", ASK], "interval": "5s"},
    )
    del group["containers"]["main"]["agents"]
    return {**group, "ports": {"main": {"port": 8000, **port}}}


@pytest.fixture(scope="module")
def pages(host: docker.DockerClient, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Workspace, str]]:
    """Two deployed pages, and the machine's address."""
    workspace, lan = Workspace(tmp_path_factory.mktemp(NAME), NAME), own_address()
    hosts = {"host.docker.internal": "host-gateway", "nas.lan": lan}
    workspace.write_group("page", {**_page({"publish": "lan", "host_port": LAN_PORT}), "hosts": hosts})
    workspace.write_group("admin", _page({"publish": "localhost", "host_port": LOCAL_PORT}))
    voice = _page({})
    reason = {"reason": "Finds speakers by mDNS.", "until": "2029-12-31"}
    voice["containers"]["main"] |= {  # type: ignore[index]
        "command": ["python3", "-m", "http.server", str(HOST_PORT), "--bind", "127.0.0.1", "--directory", "/app"],
        "health": {"command": ["python3", "-c", ASK.replace("8000", str(HOST_PORT))], "interval": "5s"},
        "hardening": {"host_network": True, "exceptions": {"host_network": reason}},
    }
    workspace.write_group("voice", {**voice, "ports": {"main": {"port": HOST_PORT}}})
    workspace.init()
    network = {"name": "pages_trial_internal", "subnet": "10.210.243.0/24"}
    traffic = {"lan_traffic": {"none": "The lab is one machine."}}
    stack = {**machine(host), "name": NAME, "network": network, "lan_address": lan, "dns": ["9.9.9.9"], **traffic}
    workspace.write_stack(stack, ["page", "admin", "voice"])
    host.images.get(daemon.AGENT_HOST).tag(IMAGE)
    try:
        outcome = workspace.up()
        assert outcome.code == 0, outcome.text
        yield workspace, lan
    finally:
        workspace.destroy()
        host.images.remove(IMAGE)


def _answers(address: str, port: int) -> bool:
    try:
        with urlopen(f"http://{address}:{port}/", timeout=5) as page:
            return int(page.status) == 200
    except (URLError, OSError):
        return False


def test_each_page_answers_on_its_address_alone(pages: tuple[Workspace, str]) -> None:
    _, lan = pages
    where = [("page", lan, LAN_PORT), ("page", "127.0.0.1", LAN_PORT)]
    where += [("admin", lan, LOCAL_PORT), ("admin", "127.0.0.1", LOCAL_PORT)]
    assert [_answers(address, port) for _, address, port in where] == [True, False, False, True]


def test_a_container_in_the_hosts_network_listens_on_the_host(pages: tuple[Workspace, str]) -> None:
    assert _answers("127.0.0.1", HOST_PORT)


def test_a_page_knows_hosts_of_its_own_and_the_machines_dns_servers(
    pages: tuple[Workspace, str], host: docker.DockerClient
) -> None:
    _, lan = pages
    ask = "import socket; print(*(socket.gethostbyname(n) for n in ('nas.lan', 'host.docker.internal')))"
    page = host.containers.get("page")
    nas, gateway = page.exec_run(["python3", "-c", ask]).output.decode().split()
    assert nas == lan
    assert gateway in {net["Gateway"] for net in host.networks.get("bridge").attrs["IPAM"]["Config"]}
    assert page.attrs["HostConfig"]["Dns"] == ["9.9.9.9"]


def test_the_second_preview_is_empty_and_verify_knows_the_ports(pages: tuple[Workspace, str]) -> None:
    workspace, lan = pages
    assert workspace.preview("--expect-no-changes").code == 0
    command = [str(Path(sys.executable).parent / "fleet"), "verify", NAME, "--json"]
    done = subprocess.run(command, cwd=workspace.folder, capture_output=True, text=True, check=False)
    checks = {(c["subject"], c["check"]): c for c in json.loads(done.stdout)["checks"]}
    assert checks["page", "ports"]["figure"] == f"{lan}:{LAN_PORT} -> 8000/tcp"
    assert checks["admin", "ports"]["figure"] == f"127.0.0.1:{LOCAL_PORT} -> 8000/tcp"
    assert {checks[group, "network"]["status"] for group in ("page", "admin", "voice")} == {"good"}
    assert {checks[group, "ports"]["status"] for group in ("page", "admin")} == {"good"}
