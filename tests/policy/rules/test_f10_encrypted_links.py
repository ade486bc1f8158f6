"""F10 encrypted-links."""

from __future__ import annotations

from typing import Any

import pytest

from policy.core.verdict import Kind
from policy.engine.catalogue import rule
from policy.views.registered import UNKNOWN
from tests.policy.builders import container, judged, machine, verdicts
from tests.policy.kubernetes_builders import cluster

F10 = rule("F10")
REASON = "both are on one switch in one room"


def _links(address: str = "192.168.1.20", **said: Any) -> dict[str, Any]:
    return {"links": {address: {"machine": "pc2", **said}}}


@pytest.mark.parametrize("encryption", ["wireguard", "tailscale", "vpn", "tls"])
def test_it_holds_with(encryption: str) -> None:
    assert judged(F10, machine(**_links(encryption=encryption))) == {}
    assert judged(F10, cluster(**_links(encryption=encryption))) == {}


def test_it_holds_for_a_machine_that_reaches_no_other() -> None:
    assert judged(F10, machine(), container()) == {}


def test_it_holds_where_the_owner_says_why_not() -> None:
    assert judged(F10, machine(**_links(none=REASON))) == {}


def test_no_reason_suffices_on_a_public_address() -> None:
    for address in ("8.8.8.8", "2606:4700::1111"):
        (message,) = judged(F10, machine(**_links(address, none=REASON))).values()
        assert "anyone on the internet, where the address is public, can read and change it" in message
        assert "set machine.lan_address to an address of a VPN or a LAN" in message
        assert judged(F10, machine(**_links(address, encryption="tls"))) == {}
    for address in ("100.64.0.7", "10.1.2.3", "fd00::7"):
        assert judged(F10, machine(**_links(address, none=REASON))) == {}, address


def test_a_reason_need_not_suffice() -> None:
    found = judged(F10, machine(**_links(none=REASON)), reason_suffices=False)
    assert "traffic to pc2 at 192.168.1.20, unencrypted" in found["mainpc"]


@pytest.mark.parametrize(
    ("said", "says"),
    [
        pytest.param({}, "with no encryption stated", id="nothing"),
        pytest.param({"encryption": "hope"}, 'with "hope", which is not a known encryption', id="something unknown"),
    ],
)
def test_it_fails_with(said: dict[str, Any], says: str) -> None:
    users = [container(f"agent{n}", hosts=[{"host": "pc2-hub", "ip": "192.168.1.20"}]) for n in range(5)]
    (message,) = judged(F10, machine(**_links(**said)), container("idle"), *users).values()
    assert "traffic to pc2 at 192.168.1.20 (agent0, agent1, agent2, 2 more)" in message
    assert says in message
    assert "machine.lan_traffic" in message
    assert says in judged(F10, cluster(**_links(**said)))["cluster"]


def test_ports_that_others_use_are_reported_with_who_has_them() -> None:
    open_port = [{"internal": 8000, "external": 8000, "ip": "192.168.1.10"}]
    links = _links("192.168.1.10")
    (message,) = judged(F10, machine(**links), container("hub", ports=open_port), container("idle")).values()
    assert "traffic from others to pc2 at 192.168.1.10 (hub)" in message


def test_links_that_are_not_known_yet_are_no_violation() -> None:
    (notice,) = verdicts(F10, machine(links=UNKNOWN))
    assert notice.kind is Kind.UNKNOWN
