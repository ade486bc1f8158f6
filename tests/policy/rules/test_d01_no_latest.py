"""D01 no-latest."""

from __future__ import annotations

import pytest

from policy.core.verdict import Kind
from policy.engine.catalogue import rule
from policy.views.registered import UNKNOWN, Registered
from tests.policy.builders import container, judged, verdicts, violation
from tests.policy.cloudrun_builders import blamed_on_run, run_service
from tests.policy.kubernetes_builders import blamed, pod_container, workload

D01 = rule("D01")
DIGEST = f"sha256:{'a1' * 32}"


@pytest.mark.parametrize(
    "image",
    [
        pytest.param("docker.io/library/redis:7.4", id="a tag"),
        pytest.param(f"ghcr.io/acme/agent@{DIGEST}", id="a digest without a tag"),
        pytest.param(f"ghcr.io/acme/agent:1.2@{DIGEST}", id="a tag and a digest"),
        pytest.param(f"ghcr.io/acme/agent:latest@{DIGEST}", id="latest with a digest, which decides"),
        pytest.param("localhost:5000/agent:1.0", id="a registry with a port"),
        pytest.param(DIGEST, id="an image's id, as another resource gives it"),
        pytest.param("docker.io/library/redis:latest-alpine", id="a tag that begins like latest"),
    ],
)
def test_it_holds_with(image: str) -> None:
    assert judged(D01, container(image=image)) == {}


@pytest.mark.parametrize(
    ("image", "says"),
    [
        pytest.param("docker.io/library/redis", "has no tag, so it is latest", id="no tag"),
        pytest.param("docker.io/library/redis:latest", "is latest", id="the tag latest"),
        pytest.param("localhost:5000/agent", "has no tag", id="a registry with a port, and no tag"),
        pytest.param("redis:", "has no tag", id="an empty tag"),
        pytest.param("a1" * 32, "has no tag", id="an id without its algorithm"),
    ],
)
def test_it_fails_with(image: str, says: str) -> None:
    message = violation(D01, container(image=image))
    assert f'image "{image[:50]}' in message
    assert says in message
    assert "containers.main.image.reference" in message


def test_an_image_that_is_not_built_yet_is_said_to_be_unjudged() -> None:
    assert [verdict.kind for verdict in verdicts(D01, container(image=UNKNOWN))] == [Kind.UNKNOWN]


@pytest.mark.parametrize(
    "good",
    [
        pytest.param(workload(), id="a digest"),
        pytest.param(workload(image="ghcr.io/acme/agent:1.2.3"), id="a tag"),
    ],
)
def test_on_a_cluster_it_holds_with(good: Registered) -> None:
    assert judged(D01, good) == {}


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        pytest.param(workload(image="ghcr.io/acme/agent"), "has no tag", id="no tag"),
        pytest.param(
            workload(pod={"initContainers": [pod_container("prepare", image="ghcr.io/acme/prepare:latest")]}),
            "is latest",
            id="latest in an init container",
        ),
    ],
)
def test_on_a_cluster_it_fails_with(bad: Registered, says: str) -> None:
    assert says in blamed(D01, bad)


def test_on_cloud_run_it_holds_and_fails_alike() -> None:
    bad = run_service("bad", main={"image": "europe-west4-docker.pkg.dev/p/fleet/portal:latest"})
    assert judged(D01, run_service()) == {}
    assert "is latest" in blamed_on_run(D01, bad)
