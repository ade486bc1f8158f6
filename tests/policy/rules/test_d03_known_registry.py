"""D03 known-registry."""

from __future__ import annotations

import pytest

from policy.engine.catalogue import rule
from policy.views.registered import Registered
from tests.policy.builders import container, judged, violation
from tests.policy.cloudrun_builders import blamed_on_run, run_service
from tests.policy.kubernetes_builders import blamed, workload

D03 = rule("D03")


@pytest.mark.parametrize(
    "image",
    [
        pytest.param("fleet.local/vision-gpu:0.1.0", id="built on the machine"),
        pytest.param("docker.io/library/redis:7", id="docker hub, by name"),
        pytest.param("ghcr.io/acme/agent:1", id="github"),
        pytest.param("nvcr.io/nvidia/pytorch:25.01", id="nvidia"),
        pytest.param(f"sha256:{'0f' * 32}", id="an image's id, as another resource gives it"),
    ],
)
def test_it_holds_with(image: str) -> None:
    assert judged(D03, container(image=image)) == {}


@pytest.mark.parametrize(
    ("image", "says"),
    [
        pytest.param("redis:7", "prefix the registry, such as docker.io/library/redis", id="a bare name"),
        pytest.param("acme/agent:1", "prefix the registry, such as docker.io/acme/agent", id="a name and a user"),
        pytest.param("evil.example/agent:1", "comes from evil.example", id="an unknown registry"),
        pytest.param("localhost:5000/agent:1", "comes from localhost:5000", id="a registry of this machine"),
        pytest.param("docker.io.evil.example/redis:1", "comes from docker.io.evil.example", id="one that begins alike"),
    ],
)
def test_it_fails_with(image: str, says: str) -> None:
    message = violation(D03, container(image=image))
    assert f'image "{image}"' in message
    assert says in message


@pytest.mark.parametrize(
    ("image", "holds"),
    [
        pytest.param("ghcr.io/acme/agent:1", True, id="inside the path"),
        pytest.param("ghcr.io/acme:1", True, id="the path itself"),
        pytest.param("ghcr.io/acmecorp/agent:1", False, id="a path that begins alike"),
        pytest.param("docker.io/library/redis:7", False, id="a registry no longer named"),
    ],
)
def test_the_registries_are_a_setting_and_may_go_on_with_a_path(image: str, holds: bool) -> None:
    assert (judged(D03, container(image=image), registries=["ghcr.io/acme"]) == {}) is holds


@pytest.mark.parametrize(
    "good",
    [
        pytest.param(workload(), id="a known one"),
    ],
)
def test_on_a_cluster_it_holds_with(good: Registered) -> None:
    assert judged(D03, good) == {}


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        pytest.param(workload(image="agent:1.2.3"), "names no registry", id="none"),
        pytest.param(
            workload(image="registry.example.com/agent:1.2.3"), "comes from registry.example.com", id="another"
        ),
    ],
)
def test_on_a_cluster_it_fails_with(bad: Registered, says: str) -> None:
    assert says in blamed(D03, bad)


def test_on_cloud_run_it_holds_and_fails_alike() -> None:
    bad = run_service("bad", main={"image": "docker.pkg.dev.evil.example/p/portal:1.2"})
    assert judged(D03, run_service()) == {}
    assert "not a known registry" in blamed_on_run(D03, bad)
