"""Images on shared packages, built by the agents' Dockerfile on a real daemon: the packages are on disk once."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from docker.errors import ImageNotFound

from fleet.source.image_locks import read_locks
from tests.daemon import ROOT, client
from tests.docker.agent_host_container import IMAGE, build_image, missing_for_build
from tests.levels import need

pytestmark = pytest.mark.docker

NAMES = {"packages": "shared-packages-under-test", "cpu": "shared-cpu-under-test", "cuda": "shared-cuda-under-test"}
LOCKS = {"packages": "core-platform", "cpu": "infra-core-cpu", "cuda": "infra-core-cpu"}
"""Stage -> lock. The second without what the first pins is what a group's lock is to its base's."""

ONLY_ABOVE = "redis"
ONLY_BELOW = "grpc"


def build(stage: str, base: str, context: Path) -> subprocess.CompletedProcess[str]:
    arguments = ["--build-arg", f"BASE={base}", "--build-arg", f"LOCK={LOCKS[stage]}", "--target", stage]
    command = ["docker", "build", *arguments, "--tag", NAMES[stage], str(context)]
    environment = {**os.environ, "DOCKER_BUILDKIT": "0"}
    return subprocess.run(command, check=False, capture_output=True, text=True, env=environment)


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The agents' build context, with the second lock cut to what the first lacks."""
    folder = tmp_path_factory.mktemp("images") / "agent"
    shutil.copytree(ROOT / "images/agent", folder)
    below, above = (folder / "locks" / f"{LOCKS[stage]}.txt" for stage in ("packages", "cpu"))
    pinned = {line.partition("==")[0] for line in below.read_text().splitlines() if line[:1].isalpha()}
    kept, keep = [], True
    for line in above.read_text().splitlines():
        keep = line.partition("==")[0] not in pinned if line[:1].isalpha() else keep
        kept += [line] if keep else []
    above.write_text("\n".join(kept) + "\n")
    return folder


@pytest.fixture(scope="module")
def _images(context: Path) -> Iterator[None]:
    need("docker", missing_for_build())
    build_image()
    try:
        for stage, base in (("packages", IMAGE), ("cpu", NAMES["packages"]), ("cuda", NAMES["packages"])):
            done = build(stage, base, context)
            assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
        yield
    finally:
        for name in reversed(NAMES.values()):
            try:
                client().images.remove(name)
            except ImageNotFound:
                continue


def layers(name: str) -> list[str]:
    found: list[str] = client().images.get(name).attrs["RootFS"]["Layers"]
    return found


@pytest.mark.usefixtures("_images")
def test_an_image_on_shared_packages_adds_one_layer_with_its_own() -> None:
    shared = layers(NAMES["packages"])
    own = layers(NAMES["cpu"])[len(shared) :]
    assert len(own) == 1
    for stage in ("cpu", "cuda"):
        # What a stage only labels has no layer.
        assert layers(NAMES[stage])[: len(shared)] == shared, stage
        assert len(layers(NAMES[stage])) == len(shared) + 1, stage
    added = max(entry["Size"] for entry in client().images.get(NAMES["cpu"]).history()[:4])
    alone = read_locks(ROOT / "images/agent/locks")[LOCKS["cpu"]].sizes["amd64"].disk
    # A third of its packages, by size, is in the other lock.
    assert alone / 2 < added < alone * 0.75


@pytest.mark.usefixtures("_images")
def test_both_layers_import_without_root_on_a_root_that_is_read_only() -> None:
    code = f"import os, {ONLY_ABOVE}, {ONLY_BELOW}, agent_host; print(os.getuid())"
    for stage in ("cpu", "cuda"):
        said = client().containers.run(NAMES[stage], ["python3", "-c", code], read_only=True, remove=True)
        assert said.decode().strip() == "10001", stage


@pytest.mark.usefixtures("_images")
def test_an_image_without_the_packages_its_lock_leaves_out_is_not_built(context: Path) -> None:
    done = build("cpu", IMAGE, context)
    assert done.returncode != 0
    assert "requires click, which is not installed" in done.stdout
