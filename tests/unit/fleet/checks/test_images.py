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


def test_a_lock_whose_base_cannot_be_one_is_refused(tmp_path: Path) -> None:
    group = small_group(image="build: {requirements: [rq]}")
    for base, text, problem in (
        ("gone", "", "which has no lock"),
        ("middle", "# base: torch", "which is itself based on another"),
        ("owl", "", "which is itself based on another"),
        ("torch", "rq==1", None),
    ):
        folder = tmp_path / base / "images/agent/locks"
        folder.mkdir(parents=True)
        (folder / "owl.txt").write_text(f"# base: {base}\nrq==1")
        if text:
            (folder / f"{base}.txt").write_text(text)
        changes = {"stack_wood": small_stack("wood", "owl"), "owl": group}
        if problem:
            message = (
                f"containers.main.build.requirements: images/agent/locks/owl.txt is based on {base}, {problem}; "
                "renew the locks: python3 images/agent/renew_locks.py"
            )
            assert_refused(tmp_path / base, "owl", "requirements", message, **changes)
        else:
            assert_accepted(tmp_path / base, **changes)
