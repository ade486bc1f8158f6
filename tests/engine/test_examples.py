"""The examples on a real daemon, as they are but for images and the machine: its address, processors, free ports."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import docker
import pytest
import yaml
from docker.errors import ImageNotFound, NotFound

from fleet.load.project import load_project
from fleet.plan.deployment import Deployment
from fleet.plan.planner import plan_stack
from tests.engine.conftest import machine, own_address
from tests.engine.stand_ins import STAND_INS, stand_in_of
from tests.engine.workspace import ROOT, Workspace

pytestmark = pytest.mark.engine

PAGES = {"ollama": (38941, "/"), "litellm": (38942, "/models"), "vllm": (38943, "/")}
"""Example -> a free port here for its page, and what a person opens."""
KEY = "sk-of-the-trial"
VALUES = {
    "open-webui-key": "signs-sessions",
    "litellm-db-password": "of-the-database",
    "litellm-master-key": KEY,
    "litellm-salt-key": "sk-salt-of-the-trial",
}


_START_S = 60
"""Until the last container is healthy, which no other waits for."""


@dataclass(frozen=True)
class Example:
    """A deployed example."""

    workspace: Workspace
    plan: Deployment
    address: str
    """Of the page."""


@pytest.fixture(scope="module", params=sorted(PAGES))
def example(
    request: pytest.FixtureRequest, host: docker.DockerClient, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Example]:
    """An example with stand-in images, brought up."""
    name, lan = request.param, own_address()
    folder = tmp_path_factory.mktemp(name)
    workspace = Workspace(folder / "project", name)
    shutil.copytree(ROOT / "examples" / name, workspace.folder, dirs_exist_ok=True)
    port, path = PAGES[name]
    for file in workspace.folder.glob("groups/*/*.yaml"):
        _edit(file, lambda text: _settle_group(text, int(host.info()["NCPU"]), port))
    _write_secrets(folder)
    own = {"docker_api": machine(host)["docker_api"], "connection": machine(host)["connection"], "lan_address": lan}
    _edit(workspace.folder / f"Pulumi.{name}.yaml", lambda text: _settle_stack(text["config"], own, folder))
    plan = plan_stack(load_project(workspace.folder).fleet, name, without_gpu=True)
    images = sorted({container.image for container in plan.containers})
    for image in images:
        STAND_INS[image.rpartition(":")[0]].build(host, image)
    try:
        workspace.init()
        for secret in {secret for container in plan.containers for secret in container.secret_env.values()}:
            _set(workspace, secret)
        outcome = workspace.up()
        assert outcome.code == 0, outcome.text
        yield Example(workspace, plan, f"http://{lan}:{port}{path}")
    finally:
        workspace.destroy()
        for volume in plan.volumes.values():
            with suppress(NotFound):
                host.volumes.get(volume.name).remove()
        for image in images:
            with suppress(ImageNotFound):
                host.images.remove(image)


def test_everything_is_healthy_or_has_run_to_its_end(example: Example, host: docker.DockerClient) -> None:
    expected = {container.name: "exited" if container.once else "healthy" for container in example.plan.containers}
    found, end = _states(host, expected), monotonic() + _START_S
    while found != expected and monotonic() < end:
        sleep(1)
        found = _states(host, expected)
    assert found == expected
    assert {host.containers.get(name).attrs["State"]["ExitCode"] for name in expected} == {0}


def test_the_page_answers_on_its_published_address(example: Example) -> None:
    statuses = [_status(example.address, headers) for headers in ({}, {"Authorization": f"Bearer {KEY}"})]
    assert statuses == ([401, 200] if example.workspace.stack == "litellm" else [200, 200])


def test_the_second_preview_is_empty_and_verify_finds_nothing_wrong(example: Example) -> None:
    second = example.workspace.preview("--expect-no-changes", "--refresh")
    assert second.code == 0, second.text
    command = [str(Path(sys.executable).parent / "fleet"), "verify", example.workspace.stack, "--json"]
    done = subprocess.run(command, cwd=example.workspace.folder, capture_output=True, text=True, check=False)
    checks = json.loads(done.stdout)["checks"]
    assert [check for check in checks if check["status"] == "wrong"] == []
    assert {container.name for container in example.plan.containers} <= {check["subject"] for check in checks}


def _states(host: docker.DockerClient, names: Iterable[str]) -> dict[str, str]:
    states = {name: host.containers.get(name).attrs["State"] for name in names}
    return {name: state.get("Health", {}).get("Status", state["Status"]) for name, state in states.items()}


def _settle_group(text: dict[str, Any], cpus: int, port: int) -> None:
    """Stand-in images, processors that are there, a free port, and a health check often enough for a test."""
    for container in text["containers"].values():
        container["cpu"] = {"request": "50m", "limit": min(cpus, 1)}
        container["image"]["reference"] = stand_in_of(container["image"]["reference"])
        if "health" in container:
            container["health"].update(interval="2s")
    if "publish" in text.get("ports", {}).get("main", {}):
        text["ports"]["main"]["host_port"] = port


def _settle_stack(config: dict[str, Any], own: dict[str, Any], folder: Path) -> None:
    config["fleet:machine"].update(own, secrets_folder=str(folder / "secrets"))
    config["fleet:without_gpu"] = "true"


def _write_secrets(folder: Path) -> None:
    (folder / "secrets").mkdir()
    (folder / "secrets" / "litellm-db-password").write_text(VALUES["litellm-db-password"])
    # Every folder above is private to the tests' user.
    for parent in (folder, *folder.parents):
        if parent.name.startswith("pytest-"):
            parent.chmod(0o755)


def _set(workspace: Workspace, secret: str) -> None:
    command = f"pulumi config set --stack {workspace.stack} --secret secrets:{secret} --non-interactive"
    outcome = workspace.shell(f"printf %s {VALUES[secret]} | {command}")
    assert outcome.code == 0, outcome.text


def _status(address: str, headers: dict[str, str]) -> int:
    try:
        with urlopen(Request(address, headers=headers), timeout=5) as page:  # noqa: S310  (our own page)
            return int(page.status)
    except HTTPError as error:
        return error.code


def _edit(file: Path, edit: Any) -> None:
    text = yaml.safe_load(file.read_text())
    edit(text)
    file.write_text(yaml.safe_dump(text, sort_keys=False))
