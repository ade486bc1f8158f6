"""How Compose builds a stack's images: each once, after the image it is built on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from components.docker.compose_images import base_services, build_sections, build_steps, stands_in
from fleet.plan.deployment import Deployment, PlannedBuild
from tests.unit.builders import planned


def plan_of(bases: Mapping[str, str | None], unbuilt: Mapping[str, str] | None = None) -> Deployment:
    """A plan that builds images. bases: image -> the image it is built on."""
    builds = [
        PlannedBuild(name, f"fleet.local/{name}:1", f"images/{name}", "", {"PRICE": "5$"}, "linux/arm64", base, ())
        for name, base in bases.items()
    ]
    return replace(planned("local"), builds=tuple(builds), unbuilt=unbuilt or {})


def test_each_level_of_bases_is_a_step_of_its_own() -> None:
    plan = plan_of({"host": None, "cuda": "host", "node": None, "web": "cuda", "mcp": "node", "alone": None})
    assert build_steps(plan) == [["image.host", "image.node"], ["image.cuda"]]
    assert list(base_services(plan)) == ["image.host", "image.cuda", "image.node"]
    assert list(build_sections(plan)) == ["fleet.local/web:1", "fleet.local/mcp:1", "fleet.local/alone:1"]


def test_images_that_nothing_is_built_on_need_no_step() -> None:
    plan = plan_of({"host": None, "web": None})
    assert build_steps(plan) == []
    assert base_services(plan) == {}


def test_a_build_has_the_context_arguments_and_platform_of_the_plan() -> None:
    section = build_sections(plan_of({"host": None}))["fleet.local/host:1"]
    assert section == {"context": "images/host", "args": {"PRICE": "5$$"}, "platforms": ["linux/arm64"]}


def test_an_image_that_cannot_be_built_is_the_agent_host_if_the_stack_builds_it() -> None:
    unbuilt = {"fleet.local/speech:1": "no lock"}
    with_host = plan_of({"agent-host": None, "web": "agent-host"}, unbuilt)
    assert build_sections(with_host)["fleet.local/speech:1"]["context"] == "images/agent-host"
    assert stands_in(with_host) == unbuilt
    without = plan_of({"web": None}, unbuilt)
    assert "fleet.local/speech:1" not in build_sections(without)
    assert stands_in(without) == {}
