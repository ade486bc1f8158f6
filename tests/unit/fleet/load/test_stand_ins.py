"""An invalid value hides no other fault, and has no consequences."""

from __future__ import annotations

from pathlib import Path

import pytest

from fleet.load.fields import constraints, form_of, key_type_at, keys_of, model_of, type_at
from fleet.load.project import load_project
from fleet.load.stand_ins import ABSENT, stand_in
from fleet.model import ContainerGroup, Stack
from fleet.source.document import KeyPath
from fleet.source.faults import ConfigurationError
from tests.unit.builders import chain, faults_of, swap, under, write_project

SHARED = "shared_memory: 1GiB"


def _found(tmp_path: Path, name: str, **changes: object) -> list[str]:
    return [fault.split(": ", 2)[1] for fault in faults_of(write_project(tmp_path / name, **changes))]  # type: ignore[arg-type]


def test_an_invalid_value_hides_no_other_fault(tmp_path: Path) -> None:
    vision = chain(
        swap("enforcement: mps", "enforcement: exclusive"),
        swap("cpu: {request: 1, limit: 4}", "cpu: {request: 1, limit: 20}"),
        swap("host_port: 8020", "host_port: 9000"),
        under("shared_memory", "    devices: [/dev/video0]"),
    )
    assert _found(tmp_path, "machine", mainpc=swap("    memory: 64GiB", "    memory: 64GB"), vision_gpu=vision) == [
        "machine.memory",
        "ports.main.host_port",
        "containers.main.cpu.limit",
        "containers.main.gpu.enforcement",
        "containers.main.devices.0",
    ]
    group = chain(
        swap("request: 3GiB, limit: 4GiB", "request: 3GiB, limit: 2GB"),
        swap("limit: 6GiB", "limit: 60GiB"),
    )
    assert _found(tmp_path, "group", vision_gpu=group) == ["containers.main.memory.limit", "containers.main.gpu.limit"]


def test_an_invalid_value_has_no_consequences(tmp_path: Path) -> None:
    reason = "{reason: profiling needs it here, until: 2027-03-01}"
    hardening = {
        "capabilities": "[CAP_net_admin]",
        "read_only_root": '"false"',
        "seccomp": "/etc/x.json",
        "run_as": "root:root",
    }
    cases: dict[str, tuple[str, object, str]] = {
        field: (
            "vision_gpu",
            under("shared_memory", f"    hardening: {{{field}: {value}, exceptions: {{{field}: {reason}}}}}"),
            f"containers.main.hardening.{field}",
        )
        for field, value in hardening.items()
    }
    cases |= {
        "group": ("mainpc", swap("    - core-platform", "    - core-plattform"), "groups.0"),
        "path": (
            "vision_gpu",
            under("shared_memory", "    health: {ready_path: ready}"),
            "containers.main.health.ready_path",
        ),
        "twice": ("mainpc", swap("config:\n", "config: {}\nconfig:\n"), "config"),
        "machine": ("mainpc", swap("name: mainpc\n", "name: pc2\n"), "machine.name"),
        "containers": (
            "vision_gpu",
            swap(
                "main: {port: 8000, host_port: 8020}",
                "main: {port: 8000, host_port: 8020}\n  aa: {port: 81, container: no}\n  bb: {port: 81, container: na}",
            ),
            "ports.aa.container ports.bb.container",
        ),
        "tmpfs": (
            "vision_gpu",
            swap("path: /models", "path: /tmp"),
            "containers.main.mounts.huggingface-cache.path",
        ),
    }
    wrong = {}
    for name, (file, change, path) in cases.items():
        found = _found(tmp_path, name, **{file: change})
        if [each.removesuffix(".0") for each in found] != path.removesuffix(".0").split():
            wrong[name] = found
    assert not wrong


def test_every_pattern_has_a_form_and_every_required_field_two_stand_ins() -> None:
    missing: list[str] = []

    def visit(model: type[ContainerGroup] | type[Stack], path: KeyPath, kind: object) -> None:
        for each in (kind, key_type_at(model, path)):
            if any(getattr(part, "pattern", None) for part in constraints(each)) and not form_of(each):
                missing.append(f"{path}: no form")
        found = model_of(kind)
        for key, field in keys_of(found).items() if found else ():
            below = (*path, key)
            if field.is_required() and stand_in(model, below, high=True) is ABSENT:
                missing.append(f"{below}: no stand-in")
            visit(model, below, type_at(model, below))
        inner = type_at(model, (*path, 0)) if path and not found else None
        if inner is not None:
            visit(model, (*path, 0), inner)

    for model in (ContainerGroup, Stack):
        visit(model, (), model)
    assert missing == []
    assert constraints(int) == []


def test_the_name_of_a_file_cannot_control_the_terminal(tmp_path: Path) -> None:
    project = write_project(tmp_path)
    (project / "groups/assistant/\x1b[31m\nred.yaml").write_text("a: 1\n")
    with pytest.raises(ConfigurationError) as caught:
        load_project(project)
    assert all(line.isprintable() for line in caught.value.text().splitlines())
    assert "\\nred.yaml: " in caught.value.text()


def test_one_cause_is_one_fault_at_its_own_line(tmp_path: Path) -> None:
    card, port = "request: 1536MiB, limit: 6GiB", "main: {port: 8000, host_port: 8020}"
    cases = {
        "a value of another kind": (
            {"vision_gpu": swap(port, "main: 8000")},
            "ports.main: 8000 is not a mapping",
        ),
        "a misspelt required key": (
            {"mainpc": swap("idle_watts", "idel_watts")},
            "machine.power.idel_watts: unknown key; did you mean idle_watts?",
        ),
        "more than any card has": (
            {"vision_gpu": swap(card, "request: 26GiB, limit: 26GiB")},
            "containers.main.gpu.limit: 26 624 MiB exceed gpu0 of mainpc (24 564 MiB)",
        ),
        "a network of all machines": (
            {"mainpc": swap("subnet: 10.210.1.0/24", "subnet: 192.168.0.0/16, inside_docker_pool: true")},
            "contains the LAN address of mainpc (192.168.1.10) and pc2 (192.168.1.20)",
        ),
        "a bound of a number": (
            {"mainpc": swap("idle_watts: 90", "idle_watts: -1")},
            "machine.power.idle_watts: -1 is below 0; raise it",
        ),
        "the image's packages": (
            {"vision_gpu": swap("path: /models", "path: /opt/venv/lib")},
            "/opt/venv/lib would hide the image's /opt/venv",
        ),
    }
    wrong = {}
    for name, (changes, expected) in cases.items():
        found = faults_of(write_project(tmp_path / name.replace(" ", "-"), **changes))
        if len(found) != 1 or expected not in found[0]:
            wrong[name] = found
    assert wrong == {}
