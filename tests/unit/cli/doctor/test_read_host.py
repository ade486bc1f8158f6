"""What the machine we sit at shows of itself."""

from __future__ import annotations

import os
import socket
from ipaddress import IPv4Address
from pathlib import Path

from cli.doctor.facts import PathFacts
from cli.doctor.read_host import free_bytes, is_this_machine, nvidia_cards, nvidia_driver, read_host
from fleet.plan.planned_container import PublishedPort
from tests.unit.cli.trial_machine import SOCKET, SSH, on, with_bind, with_container

KERNEL = os.uname().release


def test_a_daemon_is_here_where_its_kernel_and_its_folder_are(tmp_path: Path) -> None:
    assert is_this_machine(SOCKET, KERNEL, str(tmp_path))
    assert not is_this_machine(SSH, KERNEL, str(tmp_path))
    assert not is_this_machine(SOCKET, "6.6.16-linuxkit", str(tmp_path))
    assert not is_this_machine(SOCKET, KERNEL, str(tmp_path / "missing"))


def test_free_disk(tmp_path: Path) -> None:
    assert (free_bytes(str(tmp_path)) or 0) > 0
    assert free_bytes(str(tmp_path / "missing")) is None


def test_paths_are_looked_at(tmp_path: Path) -> None:
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    (secrets / "camera-key").write_text("")
    (secrets / "camera-key").chmod(0o400)
    plan = on({"secrets_folder": str(secrets)}, with_bind(str(tmp_path)))
    paths = read_host(plan).paths
    owner = (os.getuid(), os.getgid())
    assert paths[str(secrets / "camera-key")] == PathFacts(False, *owner, 0o400)
    found = paths[str(tmp_path)]
    assert found is not None
    assert (found.is_folder, found.uid) == (True, owner[0])
    assert set(paths) == {str(tmp_path), str(secrets / "camera-key"), "/dev/video0"}


def test_a_missing_path_differs_from_one_that_may_not_be_read(tmp_path: Path) -> None:
    missing, file = tmp_path / "missing", tmp_path / "file"
    file.write_text("")
    for path in (missing, file / "below a file"):
        assert read_host(with_bind(str(path))).paths[str(path)] is None
    # A name too long for the file system stands for whatever else the kernel refuses, to root as well.
    refused = str(tmp_path / ("x" * 300))
    assert refused not in read_host(with_bind(refused)).paths


def test_an_address_is_asked_for_only_where_ports_are_opened_on_it() -> None:
    assert read_host(on({"lan_address": IPv4Address("127.0.0.1")})).own_address is True
    assert read_host(on({"lan_address": IPv4Address("192.0.2.1")})).own_address is False
    assert read_host(on({"lan_address": None})).own_address is None


def test_a_card_is_known_by_its_uuid_once_the_driver_has_used_it(tmp_path: Path) -> None:
    uuid = "GPU-11111111-2222-3333-4444-555555555555"
    for bus, text in {"0000:01:00.0": uuid, "0000:02:00.0": "GPU-????????-????-????-????-????????????"}.items():
        (tmp_path / bus).mkdir()
        (tmp_path / bus / "information").write_text(f"Model: \t\t NVIDIA L4\nGPU UUID: \t {text}\nBus Type: \t PCIe\n")
    assert nvidia_cards(tmp_path) == {uuid}
    assert nvidia_cards(tmp_path / "missing") == frozenset()


def test_a_port_is_taken_where_something_listens_on_it() -> None:
    with socket.socket() as tcp, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp, socket.socket() as closed:
        for taken in (tcp, udp, closed):
            taken.bind(("127.0.0.1", 0))
        tcp.listen()
        free = closed.getsockname()[1]
        closed.close()
        ports = tuple(
            PublishedPort("127.0.0.1", number, 8000, protocol)
            for number, protocol in ((tcp.getsockname()[1], "tcp"), (udp.getsockname()[1], "udp"), (free, "tcp"))
        )
        elsewhere = PublishedPort("192.0.2.1", free, 8000, "tcp")
        taken_ports = read_host(with_container("hub", ports=(*ports, elsewhere))).taken_ports
    assert taken_ports == {("127.0.0.1", port.host_port, port.protocol) for port in ports[:2]}


def test_the_driver_of_a_jetson_is_its_release(tmp_path: Path) -> None:
    """L4T has no /proc/driver/nvidia/version."""
    jetson, missing = tmp_path / "nv_tegra_release", tmp_path / "version"
    for text, expected in (
        ("# R36 (release), REVISION: 2.0, GCID: 34956989, BOARD: generic\n", "L4T 36.2.0"),
        ("# R35 (release), REVISION: 4.1\n", "L4T 35.4.1"),
        ("something else", "L4T"),
    ):
        jetson.write_text(text, encoding="utf-8")
        assert nvidia_driver(missing, jetson) == expected
    jetson.unlink()
    assert nvidia_driver(missing, jetson) == ""
