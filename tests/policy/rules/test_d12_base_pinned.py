"""D12 base-pinned."""

from __future__ import annotations

from typing import Any

import pytest

from policy.core.verdict import Kind
from policy.engine.catalogue import rule
from policy.views.registered import UNKNOWN
from tests.policy.builders import image, judged, verdicts, violation

D12 = rule("D12")
DIGEST = f"sha256:{'0a' * 32}"


def built(base: Any) -> dict[str, Any]:
    return {"imageName": "fleet.local/web:1", "build": {"args": {"BASE": base}}}


@pytest.mark.parametrize(
    "properties",
    [
        pytest.param(built(f"python:3.12@{DIGEST}"), id="a pinned base"),
        pytest.param(built(f"python@{DIGEST}"), id="a digest without a tag"),
        pytest.param(built("fleet.local/agent-host:1-0123"), id="a base that is built here"),
        pytest.param({"build": {"args": {"LOCK": "owl"}}}, id="another argument"),
        pytest.param({"build": {}}, id="no argument"),
        pytest.param({"name": "redis:7"}, id="an image that is pulled"),
        pytest.param(built(""), id="an empty base"),
    ],
)
def test_it_holds_with(properties: dict[str, Any]) -> None:
    assert judged(D12, image("web", **properties)) == {}


def test_a_base_not_known_yet_is_judged_later() -> None:
    (verdict,) = verdicts(D12, image("web", **built(UNKNOWN)))
    assert verdict.kind is Kind.UNKNOWN


@pytest.mark.parametrize("base", ["python:3.12", "docker.io/library/python:3.12", "ghcr.io/me/base", "python"])
def test_it_is_violated_by(base: str) -> None:
    assert f'base "{base}" has no digest' in violation(D12, image("web", **built(base)))


def test_it_reads_the_arguments_of_the_docker_build_provider() -> None:
    bad = image("web", kind="docker-build:index:Image", tags=["web:1"], buildArgs={"BASE": "python:3.12"})
    assert 'base "python:3.12" has no digest' in violation(D12, bad)


def test_a_stack_may_name_other_registries_that_are_built_here() -> None:
    bad = image("web", **built("lab.example/base:1"))
    assert judged(D12, bad, built_here=["lab.example"]) == {}
