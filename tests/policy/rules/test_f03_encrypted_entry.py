"""F03 encrypted-entry."""

from __future__ import annotations

from typing import Any

import pytest

from policy.engine.catalogue import rule
from policy.views.registered import Registered
from tests.policy.builders import judged
from tests.policy.kubernetes_builders import blamed, kubernetes, without_none

F03 = rule("F03")


HOST = "agents.example.com"


def _ingress(host: str | None = HOST, tls: Any = (HOST,), **more: Any) -> Registered:
    spec = {
        "rules": [without_none({"host": host})],
        "tls": [{"hosts": list(tls), "secretName": "cert"}] if tls else None,
    }
    return kubernetes("networking.k8s.io/v1:Ingress", "entry", spec=without_none(spec), **more)


def _gateway(*listeners: Any) -> Registered:
    return kubernetes("gateway.networking.k8s.io/v1:Gateway", "entry", spec={"listeners": list(listeners)})


def _route(*hosts: str) -> Registered:
    return kubernetes("gateway.networking.k8s.io/v1:HTTPRoute", "entry", spec={"hostnames": list(hosts)})


PLAIN, TLS = {"protocol": "HTTP", "port": 80}, {"protocol": "HTTPS", "port": 443, "hostname": HOST}


@pytest.mark.parametrize(
    "good",
    [
        pytest.param(_ingress(), id="a host and its certificate"),
        pytest.param(_ingress(tls=["*.example.com"]), id="a certificate for all names of a domain"),
        pytest.param(_gateway(TLS), id="an encrypted gateway"),
        pytest.param(_gateway(PLAIN, TLS), id="a plain listener that sends on"),
        pytest.param(_route(HOST), id="a route with a host"),
    ],
)
def test_it_holds_with(good: Registered) -> None:
    assert judged(F03, good) == {}


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        pytest.param(_ingress(tls=None), "encrypted is false", id="no certificate"),
        pytest.param(
            _ingress(tls=["other.example.com"]), 'tls_hosts lacks "agents.example.com"', id="another's certificate"
        ),
        pytest.param(_ingress(host=None), "hosts is empty", id="no host"),
        pytest.param(
            _ingress(host="*.example.com", tls=["*.example.com"]),
            'hosts holds "*.example.com"',
            id="every name of a domain",
        ),
        pytest.param(
            _ingress(annotations={"nginx.ingress.kubernetes.io/configuration-snippet": "x"}),
            "injects configuration",
            id="a snippet",
        ),
        pytest.param(_gateway(PLAIN), "encrypted is false", id="a plain gateway"),
        pytest.param(_gateway({**TLS, "hostname": "*"}), 'hosts holds "*"', id="a gateway for every name"),
        pytest.param(_route(), "hosts is empty", id="a route without a host"),
    ],
)
def test_it_fails_with(bad: Registered, says: str) -> None:
    assert says in blamed(F03, bad)
