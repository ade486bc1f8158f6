"""Images that the engine has a machine build: the agent host's, and on it a container's with its requirements."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import docker
import pytest
from docker.models.containers import Container

from tests import daemon
from tests.engine.conftest import machine
from tests.engine.sshd import WAYS, reached_by
from tests.engine.workspace import ROOT, Workspace, a_group

pytestmark = pytest.mark.engine

NAME = "image-builds"


@pytest.fixture(scope="module", params=WAYS)
def builds(
    request: pytest.FixtureRequest, host: docker.DockerClient, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Workspace]:
    """A deployed stack of one container, whose image is built from a lock with one requirement."""
    with reached_by(request.param) as (connection, environment):
        workspace = Workspace(tmp_path_factory.mktemp("builds"), NAME, environment)
        shutil.copytree(ROOT / "images", workspace.folder / "images")
        (workspace.folder / f"images/agent/locks/{NAME}.txt").write_text(_small_lock())
        group = a_group(agents={"Built": {}}, build={"requirements": ["annotated-doc"]})
        del group["containers"]["main"]["image"]
        workspace.write_group(NAME, group)
        workspace.init()
        network = {"name": "image_builds_internal", "subnet": "10.210.253.0/24"}
        described = {**machine(host), "name": NAME, "connection": connection, "network": network}
        base = os.environ.get(daemon.BASE_VARIABLE)
        workspace.write_stack(described, [NAME], images={"tag": "test", **({"base": base} if base else {})})
        try:
            outcome = workspace.up()
            assert outcome.code == 0, outcome.text
            yield workspace
        finally:
            workspace.destroy()
            for image in host.images.list():
                for tag in image.tags:
                    if tag.startswith(("fleet.local/agent-host:test-", f"fleet.local/{NAME}:test-")):
                        host.images.remove(tag)


def _small_lock() -> str:
    """The first requirement of a shipped lock, with its hashes."""
    header, first, *lines = (ROOT / "images/agent/locks/tutor-suite-cpu.txt").read_text().splitlines()
    hashes = []
    for line in lines:
        if not line.startswith(" "):
            break
        hashes.append(line)
    assert first.startswith("annotated-doc==")
    return "\n".join((header, first, *hashes)) + "\n"


def _container(host: docker.DockerClient) -> Container:
    return host.containers.get(NAME)


def test_the_container_runs_its_requirements_and_the_agent_host(builds: Workspace, host: docker.DockerClient) -> None:
    container = _container(host)
    assert container.attrs["Config"]["Image"].startswith(f"fleet.local/{NAME}:test-")
    ran = container.exec_run(["python3", "-c", "import agent_host, annotated_doc"])
    assert ran.exit_code == 0, ran.output


@pytest.mark.parametrize("options", [(), ("--refresh",)], ids=["without refresh", "with refresh"])
def test_the_second_preview_builds_nothing(builds: Workspace, options: tuple[str, ...]) -> None:
    outcome = builds.preview("--expect-no-changes", *options)
    assert outcome.code == 0, outcome.text


def test_a_changed_dockerfile_builds_an_image_and_replaces_the_container(
    builds: Workspace, host: docker.DockerClient
) -> None:
    before = _container(host)
    dockerfile = builds.folder / "images/agent/Dockerfile"
    dockerfile.write_text(dockerfile.read_text().replace('title="${LOCK}"', 'title="another ${LOCK}"'))
    outcome = builds.up()
    assert outcome.code == 0, outcome.text
    after = _container(host)
    assert after.id != before.id
    assert after.attrs["Config"]["Image"] != before.attrs["Config"]["Image"]
    assert after.labels["org.opencontainers.image.title"] == f"another {NAME}"
    second = builds.preview("--expect-no-changes")
    assert second.code == 0, second.text


def test_destroy_keeps_the_images_and_the_next_deployment_takes_them(
    builds: Workspace, host: docker.DockerClient
) -> None:
    image = _container(host).attrs["Config"]["Image"]
    outcome = builds.destroy()
    assert outcome.code == 0, outcome.text
    kept = host.images.get(image).id
    again = builds.up()
    assert again.code == 0, again.text
    assert _container(host).attrs["Image"] == kept
