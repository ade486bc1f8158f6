"""B04 no-host-namespaces."""

from __future__ import annotations

from typing import Any

import pytest

from policy.core.rule import ContainerRule
from policy.engine.catalogue import rule
from policy.views.container import DOCKER, ContainerView
from tests.policy.builders import container, judged, violation

B04 = rule("B04")


@pytest.mark.parametrize(
    "properties",
    [
        pytest.param({}, id="nothing said"),
        pytest.param({"cgroupnsMode": "private"}, id="control groups of its own"),
        pytest.param({"usernsMode": ""}, id="the daemon's mapping of users"),
    ],
)
def test_it_holds_with(properties: dict[str, Any]) -> None:
    assert judged(B04, container(**properties)) == {}


@pytest.mark.parametrize(
    ("properties", "says"),
    [
        pytest.param({"usernsMode": "host"}, "host_user_namespace is true", id="the host's users"),
        pytest.param({"cgroupnsMode": "host"}, "host_cgroup_namespace is true", id="the host's control groups"),
    ],
)
def test_it_fails_with(properties: dict[str, Any], says: str) -> None:
    message = violation(B04, container(**properties))
    assert says in message
    assert "remove the mode that is set to host" in message


def test_it_fails_with_the_host_s_name_where_a_target_can_share_it() -> None:
    assert isinstance(B04, ContainerRule)
    found = list(B04.check(ContainerView("agent", DOCKER, "agent", host_uts=True), {}))
    assert [finding.field for finding in found] == ["host_uts"]
