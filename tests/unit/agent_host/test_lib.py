"""The library that agents import."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from agent_host import lib

BOOK = '{"core-platform":"tcp://core-platform:8000","infra-core-cpu/observability":"tcp://pc2-observability:9100"}'


@pytest.fixture(autouse=True)
def _container(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(("FLEET_", "GPU_")) or name in ("BIND_ADDRESS", "TMPDIR"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("FLEET_GROUP", "memory-stack")
    monkeypatch.setenv("FLEET_ADDRESS_BOOK", BOOK)


def test_a_peer_has_an_address_for_each_protocol() -> None:
    address = lib.discover("core-platform")
    assert (address.tcp, address.http) == ("tcp://core-platform:8000", "http://core-platform:8000")


def test_a_port_on_another_machine_is_found_by_its_name() -> None:
    assert lib.discover("infra-core-cpu/observability").tcp == "tcp://pc2-observability:9100"


def test_the_main_port_may_be_named() -> None:
    assert lib.discover("core-platform/main") == lib.discover("core-platform")


def test_an_undeclared_peer_is_an_error_that_names_those_declared() -> None:
    with pytest.raises(KeyError) as caught:
        lib.discover("vision-gpu")
    assert str(caught.value) == (
        "vision-gpu: is not a peer of group memory-stack (it has core-platform, infra-core-cpu/observability); "
        "add it under peers"
    )


def test_a_mounted_book_wins_and_is_read_anew(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    book = tmp_path / "book.json"
    monkeypatch.setenv("FLEET_ADDRESS_BOOK_FILE", str(book))
    book.write_text('{"core-platform":"tcp://moved:8000"}')
    assert lib.discover("core-platform").host == "moved"
    assert lib.discover("infra-core-cpu/observability").host == "pc2-observability"
    book.write_text('{"core-platform":"tcp://moved-again:8000"}')
    assert lib.discover("core-platform").host == "moved-again"


def test_the_main_socket_is_bound_behind_the_front_door() -> None:
    assert lib.bind_endpoint() == "tcp://127.0.0.1:8001"


def test_a_main_port_apart_from_the_front_door_is_bound_directly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLEET_PORT", "8444")
    monkeypatch.setenv("FLEET_PORTS", '{"main":8443,"health":8444}')
    assert lib.bind_endpoint() == "tcp://0.0.0.0:8443"
    assert lib.bind_endpoint("health") == "tcp://127.0.0.1:8445"
    monkeypatch.setenv("FLEET_LOOPBACK_PORT", "8450")
    assert lib.bind_endpoint("health") == "tcp://127.0.0.1:8450"


def test_other_sockets_are_bound_on_the_port_the_group_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLEET_PORTS", '{"main":8000,"observability":9000}')
    assert lib.bind_endpoint("observability") == "tcp://0.0.0.0:9000"
    with pytest.raises(KeyError, match="metrics: is not a port of this container"):
        lib.bind_endpoint("metrics")


def test_the_bind_address_is_the_plans(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIND_ADDRESS", "10.0.0.1")
    assert lib.bind_address() == "10.0.0.1"


def test_data_needs_a_writable_volume(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FLEET_DATA_DIR", str(tmp_path))
    assert lib.data_dir() == tmp_path
    monkeypatch.setenv("FLEET_DATA_DIR", str(tmp_path / "absent"))
    with pytest.raises(OSError, match="is not writable; mount a volume there"):
        lib.data_dir()


def test_a_cache_without_a_volume_is_under_tmp(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FLEET_CACHE_DIR", str(tmp_path / "absent"))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    assert lib.cache_dir() == tmp_path / "cache"
    assert lib.cache_dir().is_dir()


@pytest.mark.parametrize(("text", "mib"), [("8192MiB", 8192), ("8GiB", 8192), ("", None)])
def test_the_gpu_budget_is_in_mib(monkeypatch: pytest.MonkeyPatch, text: str, mib: int | None) -> None:
    monkeypatch.setenv("GPU_MEMORY_LIMIT", text)
    assert lib.gpu_budget_mib() == mib


def test_a_gpu_budget_without_a_unit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GPU_MEMORY_LIMIT", "8192")
    with pytest.raises(ValueError, match="GPU_MEMORY_LIMIT: is not an amount of memory"):
        lib.gpu_budget_mib()
