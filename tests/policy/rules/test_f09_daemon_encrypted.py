"""F09 daemon-encrypted."""

from __future__ import annotations

from typing import Any

import pytest

from policy.core.verdict import Kind
from policy.engine.catalogue import rule
from policy.views.registered import UNKNOWN
from tests.policy.builders import judged, provider, verdicts, violation

F09 = rule("F09")


@pytest.mark.parametrize(
    "inputs",
    [
        pytest.param({"host": "ssh://owner@192.168.1.10"}, id="ssh"),
        pytest.param({"host": "unix:///var/run/docker.sock"}, id="a local socket"),
        pytest.param({}, id="the default socket"),
        pytest.param({"host": "tcp://192.168.1.10:2376", "certPath": "/etc/docker/tls"}, id="tls by a folder"),
        pytest.param({"host": "tcp://192.168.1.10:2376", "certMaterial": "[secret]"}, id="tls by a hidden certificate"),
        pytest.param({"host": "tcp://192.168.1.10:2376", "certMaterial": UNKNOWN}, id="tls by one not known yet"),
        pytest.param({"host": '"ssh://192.168.1.10"'}, id="a host as JSON"),
    ],
)
def test_it_holds_with(inputs: dict[str, Any]) -> None:
    assert judged(F09, provider(**inputs)) == {}


def test_it_holds_for_another_provider_s_host() -> None:
    assert judged(F09, provider("mail", package="smtp", host="tcp://192.168.1.10:25")) == {}


@pytest.mark.parametrize(
    ("inputs", "says"),
    [
        pytest.param({"host": "tcp://192.168.1.10:2376"}, "without certificates", id="tcp without tls"),
        pytest.param({"host": "TCP://192.168.1.10:2376"}, "without certificates", id="the same in capitals"),
        pytest.param({"host": "http://192.168.1.10:8080"}, "without certificates", id="http"),
        pytest.param(
            {"host": "tcp://192.168.1.10:2375", "certPath": "/etc/docker/tls"},
            "the unauthenticated port of a daemon",
            id="the open port, even with certificates",
        ),
        pytest.param({"host": '"tcp://192.168.1.10:2375"'}, "unauthenticated", id="a host as JSON"),
    ],
)
def test_it_fails_with(inputs: dict[str, Any], says: str) -> None:
    message = violation(F09, provider(**inputs))
    assert "host is " in message
    assert says in message
    assert "set machine.connection to ssh://" in message


def test_a_host_that_is_not_known_yet_is_said_to_be_unjudged() -> None:
    found = verdicts(F09, provider(host=UNKNOWN))
    assert [(verdict.kind, verdict.resource) for verdict in found] == [(Kind.UNKNOWN, "mainpc-daemon")]
