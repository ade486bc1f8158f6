"""What a built image is made of reaches its containers, and no other stack's build does."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import docker
import pytest
from docker.errors import ImageNotFound
from docker.models.containers import Container

from cli.diagnostics.fix_commands import Fixes
from cli.doctor.bases import base_checks
from cli.doctor.read_daemon import read_machine
from fleet.load.project import load_project
from fleet.plan.planner import plan_stack
from tests import daemon
from tests.engine.conftest import machine
from tests.engine.workspace import Workspace, a_group

pytestmark = pytest.mark.engine

BASE = "image-bases-base"
IMAGE = "image-bases-web"
DOCKERFILE = """\
ARG BASE={base}
FROM ${{BASE}}
USER 10001:10001
CMD ["sleep", "600"]
"""


@pytest.fixture
def bases(host: docker.DockerClient) -> Iterator[tuple[str, str]]:
    """Two base images on the daemon, with different content."""
    names = (f"{BASE}:1", f"{BASE}:2")
    for number, name in enumerate(names):
        _make_base(host, name, str(number))
    try:
        yield names
    finally:
        _remove(host, f"{BASE}:", f"fleet.local/{IMAGE}:")


@pytest.fixture
def first(bases: tuple[str, str], host: docker.DockerClient, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A deployed stack of one container whose image has the first base."""
    workspace = _workspace(host, tmp_path_factory, "image-bases", "10.210.246.0/24", bases[0])
    try:
        _succeeds(workspace)
        yield workspace
    finally:
        workspace.destroy()


def _make_base(host: docker.DockerClient, name: str, content: str) -> None:
    dockerfile = f"FROM {daemon.AGENT_HOST}\nUSER 0:0\nLABEL base={content}\nRUN echo {content} > /base\n"
    host.images.build(fileobj=io.BytesIO(dockerfile.encode()), tag=name, rm=True, forcerm=True)


def _remove(host: docker.DockerClient, *starts: str) -> None:
    for image in host.images.list():
        for tag in image.tags:
            if tag.startswith(starts):
                with suppress(ImageNotFound):
                    host.images.remove(tag)


def _workspace(
    host: docker.DockerClient, folders: pytest.TempPathFactory, name: str, subnet: str, base: str, **images: Any
) -> Workspace:
    workspace = Workspace(folders.mktemp(name), name)
    folder = workspace.folder / "images" / IMAGE
    folder.mkdir(parents=True)
    (folder / "Dockerfile").write_text(DOCKERFILE.format(base=base))
    group = a_group(build={"context": f"images/{IMAGE}"}, health={"command": ["true"], "interval": "5s"})
    for key in ("image", "agents"):
        del group["containers"]["main"][key]
    workspace.write_group(name, group)
    workspace.init()
    network = {"name": f"{name.replace('-', '_')}_internal", "subnet": subnet}
    workspace.write_stack({**machine(host), "name": name, "network": network}, [name], images=images)
    return workspace


def _succeeds(workspace: Workspace) -> None:
    outcome = workspace.up()
    assert outcome.code == 0, outcome.text


def _set_base(workspace: Workspace, base: str, host: docker.DockerClient) -> None:
    network = {"name": f"{workspace.stack.replace('-', '_')}_internal", "subnet": "10.210.246.0/24"}
    described = {**machine(host), "name": workspace.stack, "network": network}
    workspace.write_stack(described, [workspace.stack], images={"bases": {IMAGE: base}})


def _container(host: docker.DockerClient, name: str = "image-bases") -> Container:
    return host.containers.get(name)


def _base_of(container: Container) -> str:
    ran = container.exec_run(["cat", "/base"])
    assert ran.exit_code == 0, ran.output
    return str(ran.output.decode().strip())


def test_another_base_reaches_the_container_by_one_edit(
    first: Workspace, bases: tuple[str, str], host: docker.DockerClient
) -> None:
    before = _container(host)
    assert _base_of(before) == "0"
    _set_base(first, bases[1], host)
    preview = first.preview("--diff")
    assert preview.code == 0, preview.text
    for shown in ("docker:index/image:Image: (update)", "docker:index/container:Container: (replace)", bases[1]):
        assert shown in preview.text, shown
    _succeeds(first)
    after = _container(host)
    assert _base_of(after) == "1"
    assert after.attrs["Config"]["Image"] != before.attrs["Config"]["Image"]
    assert first.preview("--expect-no-changes", "--refresh").code == 0


def test_stacks_of_one_daemon_share_an_equal_build_and_move_no_other(
    first: Workspace, bases: tuple[str, str], host: docker.DockerClient, tmp_path_factory: pytest.TempPathFactory
) -> None:
    image = _container(host).attrs["Config"]["Image"]
    built = host.images.get(image).id
    for base, is_shared in ((bases[0], True), (bases[1], False)):
        name = f"image-bases-{base[-1]}"
        second = _workspace(host, tmp_path_factory, name, f"10.210.24{3 + int(base[-1])}.0/24", base)
        try:
            _succeeds(second)
            assert (_container(host, name).attrs["Config"]["Image"] == image) is is_shared, base
            assert host.images.get(image).id == built, base
        finally:
            second.destroy()
    assert _container(host).attrs["Image"] == built


def test_doctor_reports_a_base_that_moved(first: Workspace, bases: tuple[str, str], host: docker.DockerClient) -> None:
    def found() -> tuple[str, str]:
        deployment = plan_stack(load_project(first.folder).fleet, first.stack)
        (check,) = base_checks(deployment, read_machine(host, deployment), Fixes(deployment))
        return str(check.status), check.figure

    assert found() == ("good", bases[0])
    _make_base(host, bases[0], "moved")
    assert found() == ("warning", f"built on another {bases[0]} than the one on the machine")
