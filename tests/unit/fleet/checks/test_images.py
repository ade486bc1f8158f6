"""Images can be built where they run, and exist for the processor of the machine that runs them."""

from __future__ import annotations

from pathlib import Path

from tests.unit.builders import (
    Change,
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
    write_locks,
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


def test_a_sandbox_of_another_processor_refuses_a_ready_image(tmp_path: Path) -> None:
    """Only agents have stand-ins; with agents, the same image has one."""
    message = (
        "containers.main.image.platforms: registry.example/redis:7 supports only amd64, but local is arm64; "
        "use an image for arm64, or move the group"
    )
    local = chain(swap("arch: amd64", "arch: arm64"), under("- memory-stack", "    - small"))
    changes = with_pi(small_group(image=READY % "amd64", main=PROBE), arch="amd64")
    assert_refused(tmp_path, "small", "image:", message, local=local, **changes)
    changes = with_pi(small_group(image=READY % "amd64", main=f"{PROBE}\nagents: {{Small: {{}}}}"), arch="amd64")
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
                "renew the locks: .venv/bin/python images/agent/renew_locks.py"
            )
            assert_refused(tmp_path / base, "owl", "requirements", message, **changes)
        else:
            assert_accepted(tmp_path / base, **changes)


LOCKED = small_group(image="build: {requirements: [rq==2]}", main="agents: {Owl: {}}")


def with_images(folder: Path, **dockerfiles: str) -> Path:
    """The folder with the agents' Dockerfiles, all shipped locks, and a Dockerfile for each further image."""
    write_locks(folder)
    for name, text in dockerfiles.items():
        file = folder / "images" / name / "Dockerfile"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return folder


def wood(images: str = "", **keys: str) -> str:
    top = "".join(f"  fleet:{key}: {value}\n" for key, value in {"images": images, **keys}.items() if value)
    return small_stack("wood", "owl").replace("config:\n", f"config:\n{top}", 1)


def test_requirements_without_a_lock_are_refused_with_the_command_that_makes_one(tmp_path: Path) -> None:
    message = (
        "containers.main.build.requirements: no lock images/agent/locks/owl.txt to build the image from; run "
        ".venv/bin/python images/agent/renew_locks.py owl, or state in build.unresolved why there is none and "
        "provide the image"
    )
    assert_refused(with_images(tmp_path), "owl", "build:", message, owl=LOCKED, stack_wood=wood())


def test_a_lock_holds_what_its_container_requires(tmp_path: Path) -> None:
    locks = write_locks(tmp_path) / "images/agent/locks"
    (locks / "owl.txt").write_text("# base: torch\nrq==2.1\nfaiss-cpu==1 ; x\n")
    (locks / "torch.txt").write_text("torch==2.9\n")

    def owl(requirement: str) -> str:
        return small_group(image=f"build: {{requirements: ['{requirement}']}}", main="agents: {Owl: {}}")

    for requirement in (
        "rq", "RQ", "rq==2.*", "rq>=2,<3", "faiss_cpu", "torch>=2", "torch[x]", "rq ; python_version<\"3\"",
        "tensorflow ; python_version<\"3\"",
    ):  # fmt: skip
        assert_accepted(tmp_path, owl=owl(requirement), stack_wood=wood())
    run = "run .venv/bin/python images/agent/renew_locks.py owl"
    for requirement, has in (
        ("tensorflow", ""), ("rq==3", ", which has 2.1"), ("torch<2", ", which has 2.9"), ("faiss-gpu", ""),
        ("rq<2 ; os_name==\"x\"", ", which has 2.1"),
    ):  # fmt: skip
        problem = f'"{requirement}" is not in images/agent/locks/owl.txt{has}; {run}'
        message = f"containers.main.build.requirements.0: {problem}"
        assert_refused(tmp_path, "owl", "requirements", message, owl=owl(requirement), stack_wood=wood())
    for invalid in ("torch==", "torch=1", "torch @ https://x.org/t.whl", "-r x.txt", "torch ; python", "a b"):
        (fault,) = faults_of(write_project(tmp_path, owl=owl(invalid), stack_wood=wood()))
        assert "is not a requirement of a package; write it like torch or torch==2.3.*" in fault, invalid


def test_no_lock_is_needed_where_none_is_used(tmp_path: Path) -> None:
    """By a registry's image, an owner's own, a stand-in, or a group that no stack runs."""
    assert_accepted(with_images(tmp_path / "registry"), owl=LOCKED, stack_wood=wood("{registry: ghcr.io/me}"))
    own = LOCKED.replace("rq==2]", "rq==2], unresolved: no such version")
    assert_accepted(with_images(tmp_path / "own"), owl=own, stack_wood=wood())
    assert_accepted(with_images(tmp_path / "stand-in"), owl=LOCKED, stack_wood=wood(stand_ins="'true'"))
    assert_accepted(with_images(tmp_path / "unplaced"), owl=f"optional: true\n{LOCKED}")
    (tmp_path / "none").mkdir()
    assert_accepted(tmp_path / "none", owl=LOCKED, stack_wood=wood())


def test_an_image_of_a_lock_and_of_a_folder_is_refused(tmp_path: Path) -> None:
    message = "containers.main.build: owl is also the image of images/owl; rename one of them"
    project = with_images(tmp_path, owl="FROM scratch")
    assert_refused(project, "owl", "build:", message, owl=LOCKED, stack_wood=wood())


def test_a_base_that_nothing_takes_is_refused(tmp_path: Path) -> None:
    for bases, path, message in (
        ("{nodd: 'node:22'}", "nodd", "no image is built from images/nodd; did you mean node?"),
        ("{agent: 'node:22'}", "agent", "no image is built from images/agent; did you mean agent-host?"),
        (
            "{fixed: 'node:22'}",
            "fixed",
            "images/fixed/Dockerfile has no ARG BASE before its first FROM; add ARG BASE=<image> and FROM ${BASE}",
        ),
    ):
        folder = with_images(tmp_path / path, node="ARG BASE=node:20\nFROM ${BASE}", fixed="FROM node:20")
        owl, stack = small_group(main="agents: {Owl: {}}"), wood(f"{{bases: {bases}}}")
        project = write_project(folder, owl=owl, stack_wood=stack)
        assert faults_of(project) == [f"Pulumi.wood.yaml:2: images.bases.{path}: {message}"], bases


def test_a_base_of_the_project_that_cannot_be_built_is_refused(tmp_path: Path) -> None:
    def faults(name: str, **dockerfiles: str) -> list[str]:
        return faults_of(write_project(with_images(tmp_path / name, **dockerfiles)))

    web = "images/web/Dockerfile"
    assert faults("typo", web="ARG BASE=fleet.local/agent-hots:1\nFROM ${BASE}") == [
        f"{web}: ARG BASE: no image agent-hots is built here; did you mean agent-host?"
    ]
    for name, text in {
        "literal": "FROM fleet.local/agent-host:1",
        "renamed": "ARG HOST=fleet.local/agent-host:1\nFROM ${HOST}",
        "second": "FROM scratch AS one\nFROM fleet.local/agent-host:1",
    }.items():
        assert faults(name, web=text) == [
            f"{web}: FROM fleet.local/agent-host:1: the tag of an image built here has a digest; "
            "write ARG BASE=fleet.local/agent-host:1 before the first FROM, and FROM ${BASE}"
        ], name
    (text,) = faults(
        "cycle", web="ARG BASE=fleet.local/node:1\nFROM ${BASE}", node="ARG BASE=fleet.local/web:1\nFROM ${BASE}"
    )
    assert "Dockerfile: built on itself (" in text
    assert text.endswith("change ARG BASE of one of these")
    (text,) = faults("alone", web="ARG BASE=fleet.local/web:1\nFROM ${BASE}")
    assert text == f"{web}: built on itself (web -> web); change ARG BASE of one of these"


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


def test_two_images_do_not_share_a_name(tmp_path: Path) -> None:
    """The agent host's, a folder's, and those of containers, which a registry holds side by side."""
    (tmp_path / "images" / "mcp").mkdir(parents=True)
    (tmp_path / "images" / "mcp" / "Dockerfile").write_text("FROM debian\n")
    side = "  b:\n    build: {}\n    command: [/bin/x]\n    memory: {request: 64MiB}\n    cpu: {limit: 1}\n"
    for changes, said in (
        ({"agent_host": small_group()}, "agent-host is also the image of images/agent-host"),
        ({"mcp": small_group()}, "mcp is also the image of images/mcp"),
    ):
        (name,) = changes
        stack = small_stack("pi", name.replace("_", "-"))
        (fault,) = (
            faults_of(write_project(tmp_path / name, **changes, stack_pi=stack))
            if name != "mcp"
            else faults_of(write_project(tmp_path, **changes, stack_pi=stack))
        )
        assert f"containers.main.build: {said}; rename one of them" in fault
    far = {"aa": small_group() + side.replace("  b:", "  bb:"), "aa_bb": small_group()}
    stacks = {
        "stack_pi": small_stack("pi", "aa"),
        "stack_po": small_stack("po", "aa-bb").replace("10.210.77", "10.210.78"),
    }
    (fault,) = faults_of(write_project(tmp_path / "far", **far, **stacks))
    assert "containers.bb.build: aa-bb is also the image of aa-bb.main; rename one of them" in fault


def test_an_image_of_shared_packages_is_no_containers(tmp_path: Path) -> None:
    """It has no stage for agents: a group of that name would run it, or replace the base of others."""
    kept = []
    for name in ("torch", "torch-2-3"):
        project = write_locks(write_project(tmp_path / name, **_of_one_group(name)))
        for lock, base in (("vision-gpu", "torch-2-3"), ("reasoning-gpu", "torch")):
            (project / f"images/agent/locks/{lock}.txt").write_text(f"# base: {base}\nrq==1")
        said = f"containers.main.build: {name} is also the image of images/agent/locks/{name}.txt; rename one of them"
        kept += [] if any(said in fault for fault in faults_of(project)) else [name]
    assert kept == []


def _of_one_group(name: str) -> dict[str, Change]:
    group = small_group(image="build: {requirements: [numpy]}")
    return {name.replace("-", "_"): group, "stack_pi": small_stack("pi", name)}


def test_a_base_is_that_of_an_image_which_the_stack_builds(tmp_path: Path) -> None:
    mcp = "build: {context: images/mcp}"
    for images, group, registry, says in (
        ("bases: {mcp: 'node:22'}", mcp, "", ""),
        ("bases: {base-x: 'node:22'}", mcp, "", ""),
        ("base: 'python:3.12'", "build: {}", "", ""),
        ("bases: {mcp: 'node:22'}", "build: {}", "", "images.bases.mcp: no group of pi runs in the image mcp"),
        ("base: 'python:3.12'", mcp, "", "images.base: no group of pi runs in the image agent-host"),
        ("bases: {mcp: 'node:22'}", mcp, "registry.example/x", "images.bases.mcp: has no effect: pi pulls its images"),
        ("base: 'python:3.12'", "build: {}", "registry.example/x", "images.base: has no effect: pi pulls its images"),
    ):
        found = _images(tmp_path, images, group, registry)
        assert [says in fault for fault in found] == ([True] if says else []), (images, group, registry, found)


def test_images_of_different_folders_have_different_digests(tmp_path: Path) -> None:
    for name in ("mcp", "base-x"):
        (tmp_path / "images" / name).mkdir(parents=True)
        (tmp_path / "images" / name / "Dockerfile").write_text("FROM debian")
    side = "  aid:\n    build: {}\n    command: [/bin/x]\n    memory: {request: 64MiB}\n    cpu: {limit: 1}\n"
    group = small_group(image="build: {context: images/mcp}", main="health: {command: [/bin/ready]}") + side
    for digests, alike in (
        ((("mcp", DIGEST), ("small-aid", DIGEST)), True),
        (
            (("mcp", DIGEST), ("small-aid", f"sha256:{'cd' * 32}")),
            False,
        ),
    ):
        listed = ", ".join(f"{name}: '{digest}'" for name, digest in digests)
        stack = (
            small_stack("pi", "small") + f"  fleet:images: {{registry: registry.example/x, digests: {{{listed}}}}}\n"
        )
        found = faults_of(write_project(tmp_path, small=group, stack_pi=stack))
        said = "is also the digest of mcp, which is another image; set the one that the registry shows for it"
        assert [said in fault for fault in found] == [True] * alike, found
