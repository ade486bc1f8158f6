"""D02 digest-pinned."""

from __future__ import annotations

import pytest

from policy.engine.catalogue import rule
from policy.views.registered import Registered
from tests.policy.builders import container, judged, violation
from tests.policy.cloudrun_builders import blamed_on_run, run_service
from tests.policy.kubernetes_builders import DIGEST, blamed, workload

D02 = rule("D02")


@pytest.mark.parametrize(
    "good",
    [
        pytest.param(workload(), id="a digest"),
        pytest.param(workload(image=f"ghcr.io/acme/agent:1.2.3@{DIGEST}"), id="a tag and a digest"),
    ],
)
def test_it_holds_with(good: Registered) -> None:
    assert judged(D02, good) == {}


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        pytest.param(workload(image="ghcr.io/acme/agent:1.2.3"), "has no digest", id="a tag alone"),
    ],
)
def test_it_fails_with(bad: Registered, says: str) -> None:
    assert says in blamed(D02, bad)


@pytest.mark.parametrize(
    "good",
    [
        pytest.param(container(), id="an image built on the machine"),
        pytest.param(container(image=DIGEST), id="an image's id"),
        pytest.param(container(image=f"docker.io/library/redis@{DIGEST}"), id="a digest"),
    ],
)
def test_on_docker_it_holds_with(good: Registered) -> None:
    assert judged(D02, good) == {}


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        pytest.param(container(image="docker.io/library/redis:7.4"), "has no digest", id="a tag alone"),
    ],
)
def test_on_docker_it_fails_with(bad: Registered, says: str) -> None:
    assert says in violation(D02, bad)


def test_on_cloud_run_it_holds_and_fails_alike() -> None:
    bad = run_service("bad", main={"image": "europe-west4-docker.pkg.dev/p/fleet/portal:1.2"})
    assert judged(D02, run_service()) == {}
    assert "has no digest" in blamed_on_run(D02, bad)
