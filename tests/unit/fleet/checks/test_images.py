"""Images exist for the processor of the machine that runs them."""

from __future__ import annotations

from pathlib import Path

from tests.unit.builders import (
    assert_accepted,
    assert_refused,
    chain,
    faults_of,
    place,
    small_group,
    small_stack,
    swap,
    under,
    with_pi,
    write_project,
)

READY = "image: {reference: 'registry.example/redis:7', platforms: [%s]}"
PROBE = "health: {command: [/bin/ready]}"


def test_an_image_for_the_machines_processor_only_is_accepted(tmp_path: Path) -> None:
    assert_accepted(tmp_path, **with_pi(small_group(image=READY % "arm64", main=PROBE), arch="arm64"))


def test_an_amd64_image_on_an_arm64_machine_is_refused(tmp_path: Path) -> None:
    message = (
        "containers.main.image.platforms: registry.example/redis:7 supports only amd64, but pi is arm64; "
        "use an image for arm64, or move the group"
    )
    changes = with_pi(small_group(image=READY % "amd64", main=PROBE), arch="arm64")
    assert_refused(tmp_path, "small", "image:", message, **changes)
    assert_accepted(tmp_path, **with_pi(small_group(image=READY % "amd64", main=PROBE), arch="amd64"))


def test_a_cuda_build_on_an_arm64_machine_is_refused(tmp_path: Path) -> None:
    project = write_project(tmp_path, pc2=swap("arch: amd64", "arch: arm64"))
    message = "CUDA images are built for amd64 only, but pc2 is arm64; set variant: cpu, or move the group"
    assert faults_of(project) == [
        f"{place(project, name, 'variant: cuda')}: containers.main.build.variant: {message}"
        for name in ("memory_reasoning_gpu", "vision_dream_gpu")
    ]


def test_a_sandbox_of_another_processor_runs_stand_ins_of_cuda_groups(tmp_path: Path) -> None:
    change = chain(
        swap("memory: 4GiB", "memory: 8GiB"),
        under("- memory-stack", "    - vision-dream-gpu"),
        swap("arch: amd64", "arch: arm64"),
    )
    assert_accepted(tmp_path, local=change)


def test_a_sandbox_of_another_processor_runs_stand_ins_of_ready_images(tmp_path: Path) -> None:
    changes = with_pi(small_group(image=READY % "amd64", main=PROBE), arch="amd64")
    local = chain(swap("arch: amd64", "arch: arm64"), under("- memory-stack", "    - small"))
    assert_accepted(tmp_path, local=local, **changes)


DIGEST = f"sha256:{'ab' * 32}"


def _images(folder: Path, images: str, group: str = "build: {}", registry: str = "registry.example/x") -> list[str]:
    """Faults of a stack `pi` with these settings of its images, in a project with two folders of images."""
    for name, base in {"mcp": "fleet.local/base-x:1", "base-x": "debian"}.items():
        (folder / "images" / name).mkdir(parents=True, exist_ok=True)
        (folder / "images" / name / "Dockerfile").write_text(f"ARG BASE={base}\n")
    set_to = f"  fleet:images: {{{f'registry: {registry}, ' if registry else ''}{images}}}\n"
    probe = "health: {command: [/bin/ready]}" if "context" in group else ""
    small = small_group(image=group, main=probe)
    return faults_of(write_project(folder, small=small, stack_pi=small_stack("pi", "small") + set_to))


def test_a_digest_pins_an_image_that_the_stack_pulls(tmp_path: Path) -> None:
    assert _images(tmp_path, f"digests: {{small: '{DIGEST}'}}") == []
    assert _images(tmp_path, f"digests: {{mcp: '{DIGEST}'}}", "build: {context: images/mcp}") == []
    for name, group in {"smal": "build: {}", "mcp": "build: {}", "small": "build: {context: images/mcp}"}.items():
        (fault,) = _images(tmp_path, f"digests: {{{name}: '{DIGEST}'}}", group)
        assert f"images.digests.{name}: pi pulls no image {name}; " in fault
    (fault,) = _images(tmp_path, f"digests: {{small: '{DIGEST}'}}", registry="")
    assert "images.digests.small: has no effect on images built on the machine; set images.registry" in fault


def test_a_base_is_that_of_a_folder_that_the_stack_builds(tmp_path: Path) -> None:
    mcp = "build: {context: images/mcp}"
    assert _images(tmp_path, "bases: {base-x: 'debian:12'}", mcp, registry="") == []
    for name, group, registry, said in (
        ("mcp", mcp, "", "mcp is built on base-x, of another folder; set the base of base-x instead"),
        ("base-x", "build: {}", "", "pi builds no folder image base-x; "),
        ("small", mcp, "", "pi builds no folder image small; "),
        ("base-x", mcp, "registry.example/x", "pi builds no images; remove it"),
    ):
        (fault,) = _images(tmp_path, f"bases: {{{name}: 'debian:12'}}", group, registry)
        assert f"images.bases.{name}: {said}" in fault


def test_two_images_do_not_share_a_name(tmp_path: Path) -> None:
    """The agent host's, a folder's, and those of containers, which a registry holds side by side."""
    (tmp_path / "images" / "mcp").mkdir(parents=True)
    (tmp_path / "images" / "mcp" / "Dockerfile").write_text("FROM debian\n")
    side = "  b:\n    build: {}\n    memory: {request: 64MiB}\n    cpu: {limit: 1}\n"
    for changes, said in (
        ({"agent_host": small_group()}, "agent-host, which is the image of images/agent-host"),
        ({"mcp": small_group()}, "mcp, which is the image of images/mcp"),
    ):
        (name,) = changes
        stack = small_stack("pi", name.replace("_", "-"))
        (fault,) = (
            faults_of(write_project(tmp_path / name, **changes, stack_pi=stack))
            if name != "mcp"
            else faults_of(write_project(tmp_path, **changes, stack_pi=stack))
        )
        assert f"its image would be called {said}; rename the group or the sidecar" in fault
    far = {"aa": small_group() + side.replace("  b:", "  bb:"), "aa_bb": small_group()}
    stacks = {
        "stack_pi": small_stack("pi", "aa"),
        "stack_po": small_stack("po", "aa-bb").replace("10.210.77", "10.210.78"),
    }
    (fault,) = faults_of(write_project(tmp_path / "far", **far, **stacks))
    assert "containers.bb: its image would be called aa-bb, which is the image of aa-bb.main" in fault
