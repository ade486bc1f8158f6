"""Images a machine builds for itself: a tag follows the content, and what cannot be built is said."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from fleet.image_digests import image_contents
from fleet.load.project import load_project
from fleet.model import Fleet
from fleet.network.addresses import container_name
from fleet.source.image_locks import read_locks
from tests.unit.builders import ROOT, Change, assert_accepted, container, planned, swap, under, write_locks

LOCKED = {"infra-core-cpu", "memory-reasoning-gpu", "tutor-suite-cpu", "vision-dream-gpu"}
"""Images of pc2 that are built from a lock."""


def write_images(folder: Path, **changes: str) -> Path:
    write_locks(folder)
    for name, text in {"images/agent-host/src/host.py": "pass", **changes}.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return folder


def changed_images(folder: Path, changed: str, stack: str = "pc2") -> set[str]:
    """Names of the images whose tag changes with one file."""
    before = {build.name: build.image for build in planned(stack, fleet_with_images(folder)).builds}
    (folder / changed).parent.mkdir(parents=True, exist_ok=True)
    with (folder / changed).open("a") as file:
        file.write("# changed\n")
    after = {build.name: build.image for build in planned(stack, load_project(folder).fleet).builds}
    return {name for name in after if after[name] != before.get(name)}


def fleet_with_images(folder: Path, **changes: Change) -> Fleet:
    return assert_accepted(write_images(folder), **changes).fleet


def test_a_lock_changes_its_own_image_alone(tmp_path: Path) -> None:
    assert changed_images(tmp_path, "images/agent/locks/tutor-suite-cpu.txt") == {"tutor-suite-cpu"}


@pytest.mark.parametrize("file", ["images/agent-host/src/host.py", "images/agent-host/Dockerfile"])
def test_the_agent_host_changes_every_image_built_on_it(tmp_path: Path, file: str) -> None:
    assert changed_images(tmp_path, file) == {"agent-host", *LOCKED}


def test_compiled_python_changes_nothing(tmp_path: Path) -> None:
    assert changed_images(tmp_path, "images/agent-host/src/__pycache__/host.pyc") == set()


def test_a_cache_of_a_tool_changes_nothing(tmp_path: Path) -> None:
    assert changed_images(tmp_path, "images/agent-host/.mypy_cache/3.11/cache.db") == set()


def test_a_container_runs_the_image_of_its_own_content(tmp_path: Path) -> None:
    plan = planned("pc2", fleet_with_images(tmp_path))
    image = container(plan, "tutor-suite-cpu").image
    assert re.fullmatch(r"fleet\.local/tutor-suite-cpu:0\.1\.0-[0-9a-f]{12}", image)
    assert image in {build.image for build in plan.builds}


def test_the_agent_host_is_built_first_and_the_others_on_it(tmp_path: Path) -> None:
    host, *others = planned("pc2", fleet_with_images(tmp_path)).builds
    assert (host.name, host.needs, host.platform) == ("agent-host", None, "linux/amd64")
    assert {build.name for build in others} == LOCKED
    for build in others:
        assert build.needs == "agent-host"
        assert build.arguments == {"BASE": host.image, "LOCK": build.name}


def test_stacks_share_an_image_of_equal_builds_and_no_other(tmp_path: Path) -> None:
    """Two stacks may share a daemon: one must not move the tag that the other's containers run."""
    base = under("config:", "  fleet:images: {base: 'python:3.13-slim-bookworm'}")
    fleet = fleet_with_images(tmp_path)
    assert planned("local", fleet).builds[0] == planned("pc2", fleet).builds[0]
    other = fleet_with_images(tmp_path, local=base)
    assert planned("local", other).builds[0].image != planned("pc2", other).builds[0].image
    assert planned("pc2", other).builds == planned("pc2", fleet).builds


def test_a_program_bit_and_a_link_change_a_tag(tmp_path: Path) -> None:
    """git keeps both, and both reach the image; other mode bits follow the checkout's umask."""
    source = write_images(tmp_path) / "images/agent-host/src/host.py"
    seen = [image_contents(tmp_path)["agent-host"]]
    for change in (
        lambda: source.chmod(0o755),
        lambda: (source.unlink(), source.symlink_to("other.py")),
        lambda: (source.unlink(), source.symlink_to("another.py")),
    ):
        change()
        seen.append(image_contents(tmp_path)["agent-host"])
    assert len(set(seen)) == len(seen)
    source.unlink()
    source.write_text("pass")
    for mode in (0o644, 0o664, 0o600):
        source.chmod(mode)
        assert image_contents(tmp_path)["agent-host"] == seen[0], oct(mode)


def test_the_border_between_two_files_changes_a_tag(tmp_path: Path) -> None:
    folder = "images/agent-host/src"
    one = image_contents(write_images(tmp_path / "one", **{f"{folder}/a": "b", f"{folder}/c": ""}))
    two = image_contents(write_images(tmp_path / "two", **{f"{folder}/a": "", f"{folder}/c": "b"}))
    assert one["agent-host"] != two["agent-host"]


def test_a_sandbox_builds_the_agent_host_alone(tmp_path: Path) -> None:
    plan = planned("local", fleet_with_images(tmp_path))
    assert [build.name for build in plan.builds] == ["agent-host"]
    assert {container.image for container in plan.containers} == {plan.builds[0].image}


def test_nothing_is_built_where_images_come_from_a_registry(tmp_path: Path) -> None:
    change = under("config:", "  fleet:images: {registry: ghcr.io/me}")
    fleet = fleet_with_images(tmp_path, pc2=change)
    assert planned("pc2", fleet).builds == ()
    assert container(planned("pc2", fleet), "tutor-suite-cpu").image == "ghcr.io/me/tutor-suite-cpu:0.1.0"


def test_an_image_of_a_registry_can_be_pinned(tmp_path: Path) -> None:
    digest = f"sha256:{'0a' * 32}"
    images = f"  fleet:images: {{registry: ghcr.io/me, digests: {{tutor-suite-cpu: '{digest}'}}}}"
    plan = planned("pc2", fleet_with_images(tmp_path, pc2=under("config:", images)))
    assert container(plan, "tutor-suite-cpu").image == f"ghcr.io/me/tutor-suite-cpu:0.1.0@{digest}"
    assert container(plan, "infra-core-cpu").image == "ghcr.io/me/infra-core-cpu:0.1.0"


def test_requirements_without_a_lock_are_said_and_not_built(tmp_path: Path) -> None:
    change = swap("      variant: cpu\n", "      variant: cpu\n      unresolved: no wheel for this Python\n")
    (tmp_path / "images/agent/locks").mkdir(parents=True)
    fleet = assert_accepted(tmp_path, tutor_suite_cpu=change).fleet
    plan = planned("pc2", fleet)
    assert dict(plan.unbuilt) == {"fleet.local/tutor-suite-cpu:0.1.0": "no wheel for this Python"}
    assert plan.builds == ()


def test_the_oldest_supported_daemon_builds_its_images_too(tmp_path: Path) -> None:
    plan = planned("pc2", fleet_with_images(tmp_path, pc2=swap('    docker_api: "1.44"\n', "")))
    assert len(plan.builds) == 5
    assert dict(plan.unbuilt) == {}


def test_each_shipped_list_of_requirements_has_a_lock_or_says_why_not() -> None:
    locked = {file.stem for file in (ROOT / "images/agent/locks").glob("*.txt")}
    builds = {
        container_name(group.name, key): container.build
        for group in load_project(ROOT).fleet.groups.values()
        for key, container in group.containers.items()
        if container.build and container.build.requirements
    }
    shared = {lock.base for lock in read_locks(ROOT / "images/agent/locks").values() if lock.base}
    assert {name for name, build in builds.items() if not build.unresolved} == locked - shared
