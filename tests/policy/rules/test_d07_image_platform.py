"""D07 image-platform."""

from __future__ import annotations

from typing import Any

import pytest

from fleet import labels
from policy.engine.catalogue import rule
from policy.views.registered import UNKNOWN, Registered
from tests.policy.builders import container, foreign_container, image, judged, machine, verdicts, violation
from tests.policy.cloudrun_builders import run_service
from tests.policy.kubernetes_builders import blamed, cluster, node_pool, workload

D07 = rule("D07")
PULLED = "docker:index/remoteImage:RemoteImage"
BUILT_ELSEWHERE = "docker-build:index:Image"


def _for(*platforms: str) -> dict[str, str]:
    return {labels.IMAGE_PLATFORMS: ",".join(platforms)}


def _nodes(*archs: str) -> Registered:
    return cluster(nodePools={f"pool{number}": node_pool(arch=arch) for number, arch in enumerate(archs)})


def _on(arch: str) -> dict[str, Any]:
    return {"pod": {"nodeSelector": {"kubernetes.io/arch": arch}}}


class TestOnDocker:
    """By the machine's processor."""

    @pytest.mark.parametrize(
        ("arch", "given"),
        [
            pytest.param("amd64", _for("amd64", "arm64"), id="one of several"),
            pytest.param("arm64", _for("linux/arm64/v8"), id="a platform in full"),
            pytest.param("amd64", _for("x86_64"), id="by its other name"),
            pytest.param("arm64", {}, id="an image nobody has stated"),
            pytest.param("", _for("arm64"), id="a machine nobody has stated"),
        ],
    )
    def test_it_holds_with(self, arch: str, given: dict[str, str]) -> None:
        assert judged(D07, machine(arch=arch), container(tags=given)) == {}

    def test_it_fails_with_an_image_for_another_processor(self) -> None:
        message = violation(D07, container(tags=_for("arm64")), machine(arch="amd64"))
        assert "image is for arm64 only, but mainpc is amd64" in message
        assert "containers.main.image.platforms" in message

    @pytest.mark.parametrize(
        "registered",
        [
            pytest.param(image(imageName="acme/web:1", build={"platform": "linux/arm64"}), id="built"),
            pytest.param(image(kind=PULLED, name="acme/web:1", platform="linux/arm64/v8"), id="pulled"),
            pytest.param(image(kind=BUILT_ELSEWHERE, tags=["acme/web:1"], platforms=["linux/arm64"]), id="by BuildKit"),
        ],
    )
    def test_the_image_s_own_resource_tells_too(self, registered: Registered) -> None:
        bad = foreign_container(image="acme/web:1")
        (message,) = judged(D07, machine(arch="amd64"), registered, bad).values()
        assert "build or pull the image for that architecture" in message
        assert judged(D07, machine(arch="arm64"), registered, bad) == {}

    def test_a_platform_that_is_not_known_yet_is_not_judged(self) -> None:
        pulled = image(kind=PULLED, name="acme/web:1", platform=UNKNOWN)
        assert all("arm64" not in text for text in _messages(machine(arch="amd64"), pulled))

    def test_a_small_board_is_another_rule_s_matter(self) -> None:
        board = machine(arch="arm64", deviceClass="single-board-computer")
        assert judged(D07, board, container(tags=_for("amd64"))) == {}


def _messages(*resources: Registered) -> list[str]:
    return [verdict.message for verdict in verdicts(D07, *resources, foreign_container(image="acme/web:1"))]


class TestOnACluster:
    """By the nodes that a pod may come to."""

    @pytest.mark.parametrize(
        ("archs", "changes"),
        [
            pytest.param(("amd64",), {}, id="all nodes are of its kind"),
            pytest.param(("amd64", "arm64"), _on("amd64"), id="a selector leaves only such nodes"),
        ],
    )
    def test_it_holds_with(self, archs: tuple[str, ...], changes: dict[str, Any]) -> None:
        assert judged(D07, _nodes(*archs), workload(tags=_for("amd64"), **changes)) == {}

    @pytest.mark.parametrize(
        ("archs", "changes", "says"),
        [
            pytest.param(("amd64", "arm64"), {}, "a node of cluster it may land on is arm64", id="some nodes are not"),
            pytest.param(("amd64", "arm64"), _on("arm64"), "is for amd64 only", id="the selector leaves the others"),
            pytest.param(("amd64",), _on("arm64"), "every pool of cluster is amd64: it stays pending", id="no node"),
        ],
    )
    def test_it_fails_with(self, archs: tuple[str, ...], changes: dict[str, Any], says: str) -> None:
        assert says in blamed(D07, workload(tags=_for("amd64"), **changes), _nodes(*archs))


class TestInACloud:
    """Cloud Run has amd64 alone."""

    def test_it_holds_with_such_an_image(self) -> None:
        assert judged(D07, run_service(tags=_for("amd64"))) == {}

    def test_it_fails_with_another(self) -> None:
        (message,) = judged(D07, run_service(tags=_for("arm64"))).values()
        assert "an instance of Cloud Run is amd64" in message
