"""Images that the engine has a machine build: the agent host's, and on it a container's with its requirements."""

from __future__ import annotations

import os
import re
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
SHARED = "image-builds-shared"
"""Lock that the container's is based on."""


@pytest.fixture(scope="module", params=WAYS)
def builds(
    request: pytest.FixtureRequest, host: docker.DockerClient, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Workspace]:
    """A deployed stack of one container, whose image has one package, on an image with another."""
    with reached_by(request.param) as (connection, environment):
        workspace = Workspace(tmp_path_factory.mktemp("builds"), NAME, environment)
        shutil.copytree(ROOT / "images", workspace.folder / "images")
        locks = workspace.folder / "images/agent/locks"
        (locks / f"{SHARED}.txt").write_text(_small_lock("annotated-doc"))
        (locks / f"{NAME}.txt").write_text(f"# base: {SHARED}\n{_small_lock('annotated-types')}")
        group = a_group(agents={"Built": {}}, build={"requirements": ["annotated-doc", "annotated-types"]})
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
                    if tag.startswith(tuple(f"fleet.local/{name}:test-" for name in ("agent-host", SHARED, NAME))):
                        host.images.remove(tag)


def _small_lock(package: str) -> str:
    """One requirement of a shipped lock, with its hashes."""
    text = (ROOT / "images/agent/locks/tutor-suite-cpu.txt").read_text()
    found = re.search(rf"^{package}==.*\n(?: .*\n)+", text, re.MULTILINE)
    assert found
    return f"--only-binary :all:\n{found[0]}"


def _container(host: docker.DockerClient) -> Container:
    return host.containers.get(NAME)


def test_the_container_runs_its_requirements_and_the_agent_host(builds: Workspace, host: docker.DockerClient) -> None:
    container = _container(host)
    assert container.attrs["Config"]["Image"].startswith(f"fleet.local/{NAME}:test-")
    ran = container.exec_run(["python3", "-c", "import agent_host, annotated_doc, annotated_types"])
    assert ran.exit_code == 0, ran.output


def test_its_image_adds_a_layer_to_that_of_the_shared_packages(builds: Workspace, host: docker.DockerClient) -> None:
    (shared,) = (image for image in host.images.list() if any(f"/{SHARED}:test-" in tag for tag in image.tags))
    layers = shared.attrs["RootFS"]["Layers"]
    assert host.images.get(_container(host).attrs["Image"]).attrs["RootFS"]["Layers"][:-1] == layers


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
