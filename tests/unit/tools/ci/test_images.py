"""The images as the pipeline builds, runs, joins and signs them."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from cli.terminal import UserError
from fleet.load.project import load_project
from tests.unit.builders import ROOT
from tools.ci.images import all_images, bake_file, matrix, pins, sample

IMAGES = all_images(load_project(ROOT).fleet)
DIGEST = "sha256:" + "a" * 64


def targets(arch: str) -> dict[str, Any]:
    """The bake file's targets, as Buildx reads them."""
    content: dict[str, Any] = json.loads(json.dumps(bake_file(IMAGES, arch, "ghcr.io/owner/project", "1")))["target"]
    return content


def test_every_folder_and_every_lock_is_an_image() -> None:
    folders = {file.parent.name for file in (ROOT / "images").glob("*/Dockerfile")} - {"agent"}
    locks = {file.stem for file in (ROOT / "images/agent/locks").glob("*.txt")}
    assert IMAGES.keys() == folders | locks


def test_images_for_cuda_are_built_for_amd64_alone() -> None:
    archs = {(job["image"], job["arch"]): job["runner"] for job in matrix(IMAGES, shared=False)}
    assert ("vision-gpu", "arm64") not in archs
    assert archs["vision-gpu", "amd64"] == "ubuntu-24.04"
    assert archs["mcp", "arm64"] == "ubuntu-24.04-arm"


def test_shared_packages_are_built_before_the_images_on_them_and_torch_imports_in_these() -> None:
    shared = {(job["image"], job["arch"], job["module"]) for job in matrix(IMAGES, shared=True)}
    assert shared == {("torch", "amd64", ""), ("torch", "arm64", ""), ("torch-2-3", "amd64", "")}
    jobs = matrix(IMAGES, shared=False)
    assert {job["image"] for job in jobs if job["module"]} == {
        name for name, image in IMAGES.items() if image.base in ("torch", "torch-2-3")
    }
    assert {(job["image"], job["arch"]) for job in jobs}.isdisjoint({(image, arch) for image, arch, _ in shared})
    built = targets("amd64")
    assert built["vision-gpu"]["contexts"] == {"project-base": "target:torch-2-3"}
    assert (built["torch-2-3"]["target"], built["torch-2-3"]["args"]["LOCK"]) == ("packages", "torch-2-3")
    assert built["torch-2-3"]["contexts"] == {"project-base": "target:agent-host"}


def test_each_night_one_image_for_cuda_is_built_on_its_shared_packages() -> None:
    few = sample(IMAGES)
    (shared,), (built,) = matrix(few, shared=True), matrix(few, shared=False)
    assert IMAGES[built["image"]].stage == "cuda"
    assert IMAGES[built["image"]].base == shared["image"] == "torch"
    assert built["module"] == "torch"


@pytest.mark.parametrize("arch", ["amd64", "arm64"])
def test_every_target_is_built_from_files_that_exist_on_targets_that_exist(arch: str) -> None:
    built = targets(arch)
    for name, target in built.items():
        assert (ROOT / target["context"] / "Dockerfile").is_file()
        assert target["platforms"] == [f"linux/{arch}"]
        assert target["tags"] == [f"ghcr.io/owner/project/{name}:1-{arch}"]
        bases = target.get("contexts", {})
        assert {value.removeprefix("target:") for value in bases.values()} <= built.keys()
        assert bases.keys() == {value for key, value in target.get("args", {}).items() if key == "BASE"}
    assert built["mcp"]["contexts"] == {"project-base": "target:agentic-flow"}


def test_a_registry_with_capitals_is_refused_with_the_way_out() -> None:
    with pytest.raises(UserError, match=r"set the variable FLEET_REGISTRY to ghcr\.io/owner/project"):
        bake_file(IMAGES, "amd64", "ghcr.io/Owner/project", "1")


def test_what_was_pushed_is_shown_as_the_lines_that_pin_it(tmp_path: Path) -> None:
    (tmp_path / "mcp").write_text(DIGEST + "\n")
    shown = yaml.safe_load(pins("ghcr.io/owner/project", "1", tmp_path))
    images = {"registry": "ghcr.io/owner/project", "tag": "1", "digests": {"mcp": DIGEST}}
    assert shown == {"config": {"fleet:images": images}}
    (tmp_path / "swarm").write_text("")
    with pytest.raises(UserError, match='swarm: "" is not a digest'):
        pins("ghcr.io/owner/project", "1", tmp_path)


def script(tmp_path: Path, name: str, *arguments: str, **answers: str) -> tuple[subprocess.CompletedProcess[str], str]:
    """Runs a script with stand-ins for `docker` and `cosign`, `fleet`; with what these were asked."""
    variables = {}
    for program in ("docker", "cosign", "fleet"):
        file = tmp_path / program
        body = answers.get(program, "")
        file.write_text(f'#!/bin/sh\necho {program} "$@" >>{tmp_path}/asked\n{body}\n')
        file.chmod(0o755)
        variables[program.upper()] = str(file)
    command = [str(ROOT / "tools/ci" / name), *arguments]
    done = subprocess.run(
        command, cwd=tmp_path, env={**os.environ, **variables}, capture_output=True, text=True, check=False
    )
    return done, (tmp_path / "asked").read_text()


MANIFEST = f"""case "$*" in *inspect*) echo '{{"digest": "{DIGEST}"}}';; esac"""


def test_an_image_is_joined_and_signed_by_its_digest(tmp_path: Path) -> None:
    done, asked = script(tmp_path, "publish", "ghcr.io/o/p/mcp:1", "out/mcp", "amd64", "arm64", docker=MANIFEST)
    assert done.returncode == 0, done.stderr
    assert "--tag ghcr.io/o/p/mcp:1 ghcr.io/o/p/mcp:1-amd64 ghcr.io/o/p/mcp:1-arm64" in asked
    assert f"cosign sign --yes --recursive ghcr.io/o/p/mcp@{DIGEST}" in asked
    assert (tmp_path / "out/mcp").read_text() == DIGEST + "\n"


def test_what_cannot_be_signed_is_not_noted_as_published(tmp_path: Path) -> None:
    done, _ = script(tmp_path, "publish", "r/mcp:1", "out/mcp", "amd64", docker=MANIFEST, cosign="exit 1")
    assert done.returncode == 1
    assert not (tmp_path / "out/mcp").exists()


def test_a_bill_of_materials_is_bound_to_the_digest(tmp_path: Path) -> None:
    done, asked = script(tmp_path, "attest", "r/mcp:1-amd64", "sbom.json", docker=MANIFEST)
    assert done.returncode == 0, done.stderr
    assert f"cosign attest --yes --type spdxjson --predicate sbom.json r/mcp@{DIGEST}" in asked


def test_an_image_that_runs_as_root_is_refused_before_it_is_run(tmp_path: Path) -> None:
    done, asked = script(tmp_path, "smoke", "mcp:1", docker="echo 0:0")
    assert done.returncode == 1
    assert 'its user is "0:0"' in done.stderr
    assert "docker run" not in asked


@pytest.mark.parametrize(("state", "code"), [("running healthy", 0), ("exited unhealthy", 1)])
def test_an_image_passes_once_it_says_that_it_is_healthy(tmp_path: Path, state: str, code: int) -> None:
    answers = f'case "$1" in image) echo 10001:10001;; run) echo c1;; inspect) echo {state};; logs) echo why;; esac'
    done, asked = script(tmp_path, "smoke", "mcp:1", docker=answers)
    assert done.returncode == code, done.stderr
    assert "--read-only --cap-drop ALL --security-opt no-new-privileges" in asked
    assert "docker rm --force c1" in asked


@pytest.mark.parametrize("code", [0, 1])
def test_an_image_passes_once_its_module_imports(tmp_path: Path, code: int) -> None:
    states = "image) echo 10001:10001;; run) echo c1;; inspect) echo running healthy;; logs) echo why;;"
    answers = f'case "$1" in {states} exec) exit {code};; esac'
    done, asked = script(tmp_path, "smoke", "vision-gpu:1", "torch", docker=answers)
    assert done.returncode == code
    assert "docker exec c1 python3 -c import torch" in asked
    assert ("with torch" in done.stdout) == (code == 0)
    script(tmp_path, "smoke", "mcp:1", "", docker=answers)
    assert (tmp_path / "asked").read_text().count("docker exec") == 1


@pytest.mark.parametrize("code", [0, 3])
def test_a_difference_is_written_twice_and_ends_as_the_command_does(tmp_path: Path, code: int) -> None:
    done, asked = script(tmp_path, "diff", "abc", "out", fleet=f'echo "{{}}"; exit {code}')
    assert done.returncode == code
    assert "diff --base abc --markdown" in asked
    assert {file.name for file in (tmp_path / "out").iterdir()} >= {"diff.md", "diff.sarif"}


def test_a_waived_finding_is_no_open_alert(tmp_path: Path) -> None:
    results = [{"ruleId": "A01"}, {"ruleId": "A02", "suppressions": [{"kind": "external"}]}]
    report = json.dumps({"runs": [{"results": results}]})
    done, _ = script(tmp_path, "diff", "abc", "out", fleet=f"echo '{report}'")
    assert done.returncode == 0, done.stderr
    (run,) = json.loads((tmp_path / "out/diff.sarif").read_text())["runs"]
    assert run["results"] == [{"ruleId": "A01"}]


def test_a_project_with_faults_has_them_in_its_comment(tmp_path: Path) -> None:
    done, _ = script(tmp_path, "diff", "abc", "out", fleet='echo "Pulumi.pc2.yaml:3: is wrong" >&2; exit 2')
    assert done.returncode == 2
    assert "Pulumi.pc2.yaml:3: is wrong" in (tmp_path / "out/diff.md").read_text()
    assert not (tmp_path / "out/diff.sarif").exists()
