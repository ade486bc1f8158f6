"""Files of the project in a container, on a real daemon: read by another user than root, replaced when they change."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator
from contextlib import suppress

import docker
import pytest
from docker.errors import ImageNotFound
from docker.models.containers import Container

from tests import daemon
from tests.engine.conftest import machine
from tests.engine.workspace import Outcome, Workspace, a_group

pytestmark = pytest.mark.engine

NAME = "project-files"
BINARY = bytes(range(256))
IN_USE = "/etc/app/config.yaml"
READS = f"import os, sys; sys.exit(os.getuid() == 0 or 'level' not in open('{IN_USE}').read())"
"""Healthy if the program's user is not root, and reads its settings."""


@pytest.fixture(scope="module")
def tool(host: docker.DockerClient, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A deployed stack of a program with a file and a folder of settings, and a sidecar with the same file."""
    workspace = Workspace(tmp_path_factory.mktemp(NAME) / "project", NAME)
    _write(workspace, "app.yaml", b"level: info\n")
    _write(workspace, "more/one.bin", BINARY)
    group = a_group(
        image={"reference": daemon.AGENT_HOST},
        command=["sleep", "600"],
        health={"command": ["python3", "-c", READS], "interval": "5s"},
        files={IN_USE: "config/app.yaml", "/etc/app.d": "config/more"},
    )
    del group["containers"]["main"]["agents"]
    group["containers"]["beside"] = {**group["containers"]["main"], "files": {IN_USE: "config/app.yaml"}}
    workspace.write_group(NAME, group)
    workspace.init()
    network = {"name": "project_files_internal", "subnet": "10.210.239.0/24"}
    workspace.write_stack({**machine(host), "name": NAME, "network": network}, [NAME])
    try:
        outcome = workspace.up()
        assert outcome.code == 0, outcome.text
        yield workspace
    finally:
        workspace.destroy()
        for image in host.images.list():
            for tag in (tag for tag in image.tags if tag.startswith(f"fleet.local/{NAME}")):
                with suppress(ImageNotFound):
                    host.images.remove(tag)


def _write(workspace: Workspace, name: str, content: bytes) -> None:
    file = workspace.folder / "config" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    # Whoever builds may have a strict umask.
    file.chmod(0o600)


def _read(container: Container, path: str) -> bytes:
    ran = container.exec_run(["cat", path])
    assert ran.exit_code == 0, ran.output
    return bytes(ran.output)


def _verify(workspace: Workspace) -> Outcome:
    code = "import sys; from cli.group import app; app(sys.argv[1:])"
    return workspace.shell(shlex.join([sys.executable, "-c", code, "verify", NAME]))


def test_the_program_reads_its_files_on_a_read_only_root(tool: Workspace, host: docker.DockerClient) -> None:
    main = host.containers.get(NAME)
    assert main.attrs["HostConfig"]["ReadonlyRootfs"] is True
    assert main.exec_run(["id", "-u"]).output.strip() != b"0"
    assert _read(main, IN_USE) == b"level: info\n"
    assert _read(main, "/etc/app.d/one.bin") == BINARY
    assert main.exec_run(["stat", "-c", "%a %u", IN_USE]).output.strip() == b"644 0"
    assert main.exec_run(["sh", "-c", f"echo >> {IN_USE}"]).exit_code != 0
    assert tool.preview("--expect-no-changes", "--refresh").code == 0
    verified = _verify(tool)
    assert verified.code == 0, verified.text


def test_changed_content_replaces_the_container_and_no_other_build(tool: Workspace, host: docker.DockerClient) -> None:
    before = {name: host.containers.get(name).id for name in (NAME, f"{NAME}-beside")}
    _write(tool, "more/one.bin", b"other")
    preview = tool.preview("--diff")
    assert preview.code == 0, preview.text
    assert "docker:index/container:Container: (replace)" in preview.text
    old = _verify(tool)
    assert old.code == 4, old.text
    assert f"image: fleet.local/{NAME}.files:" in old.text
    outcome = tool.up()
    assert outcome.code == 0, outcome.text
    assert _read(host.containers.get(NAME), "/etc/app.d/one.bin") == b"other"
    assert host.containers.get(NAME).id != before[NAME]
    assert host.containers.get(f"{NAME}-beside").id == before[f"{NAME}-beside"]
    assert tool.preview("--expect-no-changes", "--refresh").code == 0
    assert _verify(tool).code == 0


def test_a_file_that_is_dropped_is_gone(tool: Workspace, host: docker.DockerClient) -> None:
    tool.edit_group(NAME, lambda group: group["containers"]["main"]["files"].pop("/etc/app.d"))
    outcome = tool.up()
    assert outcome.code == 0, outcome.text
    assert host.containers.get(NAME).exec_run(["test", "-e", "/etc/app.d"]).exit_code == 1
    assert tool.preview("--expect-no-changes").code == 0
