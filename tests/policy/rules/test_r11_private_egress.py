"""R11 private-egress."""

from __future__ import annotations

import pytest

from policy.engine.catalogue import rule
from policy.views.registered import Registered
from tests.policy.builders import judged
from tests.policy.cloudrun_builders import blamed_on_run, run_container, run_service

R11 = rule("R11")


@pytest.mark.parametrize(
    "good",
    [
        pytest.param(run_service(), id="no address"),
        pytest.param(run_service(main={"envs": [{"name": "HUB", "value": "http://hub.example.org"}]}), id="a name"),
        pytest.param(
            run_service(main={"envs": [{"name": "HUB", "value": "http://8.8.8.8:80"}]}), id="a public address"
        ),
        pytest.param(
            run_service(
                inside={
                    "vpcAccess": {"egress": "ALL_TRAFFIC", "networkInterfaces": [{"network": "n"}]},
                    "containers": [run_container(envs=[{"name": "HUB", "value": "10.0.0.7"}])],
                }
            ),
            id="a network",
        ),
        pytest.param(run_service(main={"envs": [{"name": "HUB", "value": "version 1.10.0.0.7"}]}), id="a version"),
    ],
)
def test_it_holds_with(good: Registered) -> None:
    assert judged(R11, good) == {}


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        pytest.param(
            run_service("bad", main={"envs": [{"name": "HUB", "value": "http://192.168.1.10:8000"}]}),
            "egress is not set, but env HUB of main holds 192.168.1.10",
            id="a machine at home",
        ),
        pytest.param(
            run_service("bad", main={"envs": [{"name": "HUB", "value": "redis://100.64.3.2"}]}),
            "holds 100.64.3.2",
            id="a mesh",
        ),
        pytest.param(
            run_service("bad", main={"envs": [{"name": "HUB", "value": "10.210.1.4"}]}),
            "holds 10.210.1.4",
            id="an address alone",
        ),
    ],
)
def test_it_fails_with(bad: Registered, says: str) -> None:
    assert says in blamed_on_run(R11, bad)
