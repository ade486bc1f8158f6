"""G13 address-reachable."""

from __future__ import annotations

from typing import Any

import pytest

from policy.engine.catalogue import rule
from tests.policy.builders import container, judged, violation

G13 = rule("G13")
ENDPOINT = "CROSS_MACHINE_DISCOVERY_ENDPOINT"


@pytest.mark.parametrize(
    "entry",
    [
        pytest.param("BIND_ADDRESS=0.0.0.0", id="where to listen"),
        pytest.param(f"{ENDPOINT}=tcp://core-platform:8000", id="a name"),
        pytest.param(f"{ENDPOINT}=tcp://mainpc-core-platform:8000,tcp://192.168.1.11:8000", id="a name and an address"),
        pytest.param('FLEET_ADDRESS_BOOK={"a":"tcp://a:8000"}', id="an address book"),
        pytest.param("HEALTHCHECK_URL=http://127.0.0.1:8000/health", id="the container's own health check"),
        pytest.param("CORS_ORIGINS=http://localhost:3000", id="a browser's origin"),
        pytest.param("LISTEN_URL=tcp://0.0.0.0:9000", id="where to listen, as a URL"),
        pytest.param("NOTE=see localhost:8000", id="a text without a URL"),
        pytest.param("DATABASE=sqlite:///data/x.db", id="a file"),
        pytest.param("A_ENDPOINT=tcp://localhost.example:1", id="a name that begins like localhost"),
    ],
)
def test_it_holds_with_env(entry: str) -> None:
    assert judged(G13, container(envs=[entry])) == {}


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        pytest.param(f"{ENDPOINT}=tcp://localhost:8000", f"env {ENDPOINT} points at localhost", id="localhost"),
        pytest.param(f"{ENDPOINT}=tcp://LOCALHOST:8000", "points at LOCALHOST", id="in capitals"),
        pytest.param(f"{ENDPOINT}=localhost:8000", "points at localhost", id="without a scheme"),
        pytest.param(f"{ENDPOINT}=tcp://a:1,tcp://127.0.0.1:2", "points at 127.0.0.1", id="the second of two"),
        pytest.param(f"{ENDPOINT}=tcp://[::1]:8000", "points at [::1]", id="IPv6"),
        pytest.param(f"{ENDPOINT}=tcp://0.0.0.0:8000", "is not an address to connect to", id="every address"),
        pytest.param("API=http://127.1.2.3/x", "env API points at 127.1.2.3", id="another loopback, any name"),
        pytest.param('BOOK={"a":"tcp://localhost:1"}', "env BOOK points at localhost", id="inside JSON"),
        pytest.param("DB=postgres://me@172.17.0.1/x", "Docker's default bridge", id="the default bridge"),
    ],
)
def test_it_fails_with_env(entry: str, says: str) -> None:
    message = violation(G13, container(envs=[entry]))
    assert says in message
    assert "list the group under peers" in message


def test_a_password_before_the_host_is_not_shown() -> None:
    message = violation(G13, container(envs=["DB_ENDPOINT=redis://:hunter2@localhost:6379"]))
    assert "points at localhost" in message
    assert "hunter2" not in message


@pytest.mark.parametrize("address", ["192.168.1.11", "host-gateway", "10.210.1.5"])
def test_it_holds_with_a_host_at(address: str) -> None:
    assert judged(G13, container(hosts=[{"host": "pc2-observability", "ip": address}])) == {}


@pytest.mark.parametrize("address", ["127.0.0.1", "0.0.0.0", "172.17.0.1", "::1"])  # noqa: S104  (not bound to)
def test_it_fails_with_a_host_at(address: str) -> None:
    message = violation(G13, container(hosts=[{"host": "pc2-observability", "ip": address}]))
    assert f"extra_hosts maps pc2-observability to {address}" in message


@pytest.mark.parametrize(
    ("changes", "settings"),
    [
        pytest.param({"networkMode": "container:other"}, {}, id="it shares another container's network"),
        pytest.param({}, {"ignored": ["SELF_*"]}, id="the name is ignored by a setting"),
    ],
)
def test_localhost_may_be_meant_where(changes: dict[str, Any], settings: dict[str, Any]) -> None:
    assert judged(G13, container(envs=["SELF_URL=http://localhost:1"], **changes), **settings) == {}
