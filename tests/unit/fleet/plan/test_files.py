"""Images with files of the project: their base, their tag and their context."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fleet import labels
from fleet.load.project import load_project
from fleet.plan.deployment import Deployment
from fleet.plan.planner import plan_stack
from tests.unit.fleet.load.test_group_files import AT, project

PINNED = f"a/gateway:1@sha256:{'a' * 64}"


def _plan(folder: Path, content: bytes = b"level: info\n", at: str = AT, **main: Any) -> Deployment:
    given = {"image": {"reference": PINNED}, **main}
    return plan_stack(load_project(project(folder, {"app.yaml": content}, {at: "app.yaml"}, **given)).fleet, "host")


def test_an_image_is_built_on_the_ready_one_with_its_digest(tmp_path: Path) -> None:
    plan = _plan(tmp_path)
    (build,), (container,) = plan.builds, plan.containers
    assert (build.base, build.bases, dict(build.arguments), build.needs) == (PINNED, (PINNED,), {"BASE": PINNED}, None)
    assert container.image == build.image
    assert container.image.startswith("fleet.local/gate.files:")
    assert container.labels[labels.IMAGE_BASE] == PINNED
    assert dict(build.written) == {
        "Dockerfile": f'ARG BASE\nFROM ${{BASE}}\nCOPY ["0", "{AT}"]\n'.encode(),
        "0": b"level: info\n",
    }


def test_the_tag_changes_with_content_path_and_base_alone(tmp_path: Path) -> None:
    before = _plan(tmp_path / "a").builds[0].image
    assert _plan(tmp_path / "b", memory={"request": "65MiB"}).builds[0].image == before
    others = [
        _plan(tmp_path / "c", b"level: debug\n"),
        _plan(tmp_path / "d", image={"reference": "a/gateway:2"}),
        _plan(tmp_path / "e", at="/etc/app/other.yaml"),
    ]
    assert len({before, *(plan.builds[0].image for plan in others)}) == 4


def test_an_image_built_here_is_built_before_the_one_with_files(tmp_path: Path) -> None:
    (tmp_path / "images" / "web").mkdir(parents=True)
    (tmp_path / "images" / "web" / "Dockerfile").write_text("ARG BASE=debian:12\nFROM ${BASE}\n")
    web, files = _plan(tmp_path, image=None, build={"context": "images/web"}).builds
    assert (files.needs, files.base, files.bases) == (web.name, web.image, ())


def test_a_stand_in_has_no_files(tmp_path: Path) -> None:
    project(tmp_path, {"app.yaml": b"level: info\n"}, {AT: "app.yaml"}, agents={"Owl": {}})
    stack = tmp_path / "Pulumi.host.yaml"
    stack.write_text(stack.read_text().replace("config:\n", "config:\n  fleet:stand_ins: true\n"))
    plan = plan_stack(load_project(tmp_path).fleet, "host")
    (container,) = plan.containers
    assert (container.files, labels.IMAGE_BASE in container.labels) == ((), False)
    assert [build for build in plan.builds if build.written] == []
