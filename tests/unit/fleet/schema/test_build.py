"""Schemas: generated from the models, in step with them, and as strict as they are about the files' form."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from fleet.schema.build import schemas
from tests.unit.builders import (
    LATER,
    ROOT,
    Change,
    chain,
    faults_of,
    file_of,
    small_group,
    swap,
    under,
    write_project,
)

FILES = [*sorted(ROOT.glob("Pulumi.*.yaml")), *sorted(ROOT.glob("groups/*/*.yaml"))]


def schema_of(file: Path | str) -> dict[str, Any]:
    kind = "stack" if Path(file).name.startswith("Pulumi.") else "group"
    schema: dict[str, Any] = json.loads((ROOT / "schemas" / f"{kind}.schema.json").read_text(encoding="utf-8"))
    return schema


def faults_by_the_schema(file: Path, name: str) -> list[str]:
    validator = Draft202012Validator(schema_of(name))
    # As an editor reads the file: a date is text.
    data = json.loads(json.dumps(yaml.safe_load(file.read_text(encoding="utf-8")), default=str))
    return [error.message for error in validator.iter_errors(data)]


@pytest.mark.parametrize("name", ["group.schema.json", "stack.schema.json"])
def test_a_committed_schema_is_a_schema_and_as_new_as_the_models(name: str) -> None:
    text = (ROOT / "schemas" / name).read_text(encoding="utf-8")
    Draft202012Validator.check_schema(json.loads(text))
    assert text == schemas()[name], "out of date; run `fleet schema`"


def test_a_shipped_file_is_good_by_its_schema() -> None:
    assert {file.name: faults for file in FILES if (faults := faults_by_the_schema(file, file.name))} == {}


def test_a_shipped_file_points_at_its_schema() -> None:
    for file in FILES:
        first = file.read_text(encoding="utf-8").splitlines()[0]
        prefix, _, path = first.partition("$schema=")
        assert prefix == "# yaml-language-server: ", file
        assert (file.parent / path).resolve() == ROOT / "schemas" / Path(path).name
        assert json.loads((file.parent / path).read_text(encoding="utf-8")) == schema_of(file)


REFUSED: dict[str, tuple[str, Change]] = {
    "a misspelt key": ("vision_gpu", swap("limit: 4GiB}", "limt: 4GiB}")),
    "a misspelt key at the top": ("vision_gpu", swap("start_after:", "start_afer:")),
    "a misspelt key of a stack": ("pc2", swap("fleet:groups:", "fleet:grups:")),
    "a misspelt key of a card": ("pc2", swap("allocator:", "alocator:")),
    "a name the file's place gives": ("vision_gpu", lambda text: f"name: eyes\n{text}"),
    "a size without a unit": ("vision_gpu", swap("limit: 6GiB", "limit: 6")),
    "a size in another unit": ("vision_gpu", swap("limit: 6GiB", "limit: 6GB")),
    "an amount of CPU in words": ("vision_gpu", swap("cpu: {request: 1,", "cpu: {request: one,")),
    "a wrong enforcement": ("vision_gpu", swap("enforcement: mps", "enforcement: hope")),
    "a budget without enforcement": ("vision_gpu", swap(", enforcement: mps", "")),
    "a wrong architecture": ("pc2", swap("arch: amd64", "arch: x86")),
    "a port out of range": ("vision_gpu", swap("host_port: 8020", "host_port: 65536")),
    "a missing machine": ("pc2", lambda text: text.replace("fleet:machine:", "other:machine:")),
    "a relative mount": ("vision_gpu", swap("path: /models", "path: models")),
    "a user by name": ("vision_gpu", under("shared_memory", "    hardening: {run_as: root}")),
    "an unknown exception": (
        "vision_gpu",
        under("shared_memory", "    hardening: {exceptions: {gut: {reason: because it is, until: 2999-01-01}}}"),
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_the_loader_refuses_by_form_the_schema_refuses_too(tmp_path: Path, what: str) -> None:
    name, change = REFUSED[what]
    project = write_project(tmp_path, **{name: change})
    assert faults_of(project) != []
    assert faults_by_the_schema(project / file_of(name), file_of(name)) != []


MISNAMED: dict[str, tuple[str, Change]] = {
    "an agent named like a file": ("vision_gpu", swap("FaceRecognitionAgent", "face_recognition")),
    "a volume in capitals": ("utility_gpu", swap("  tuning-data: {kind", "  Tuning: {kind")),
    "an environment variable with a space": ("vision_gpu", under("shared_memory", "    env: {MY SETTING: x}")),
    "a device that is no path": ("mainpc", swap("/dev/snd:", "snd:")),
}


@pytest.mark.parametrize("what", MISNAMED)
def test_a_key_of_the_wrong_form_is_refused_by_the_schema_too(tmp_path: Path, what: str) -> None:
    name, change = MISNAMED[what]
    project = write_project(tmp_path, **{name: change})
    assert faults_of(project) != []
    assert faults_by_the_schema(project / file_of(name), file_of(name)) != []


ACCEPTED: dict[str, tuple[str, Change]] = {
    "a size with a fraction": ("vision_gpu", swap("limit: 6GiB", "limit: 6.5GiB")),
    "millicores": ("vision_gpu", swap("cpu: {request: 1,", "cpu: {request: 900m,")),
    "a fraction of a processor": ("vision_gpu", swap("cpu: {request: 1,", "cpu: {request: 0.5,")),
    "an agent with a module": ("vision_gpu", swap("FaceRecognitionAgent: {}", "FaceRecognitionAgent: {module: a.b}")),
    "a user in numbers": ("tutor_suite_cpu", under("{request: 500m", '    hardening: {run_as: "12000:12000"}')),
    "an exception": (
        "tutor_suite_cpu",
        under(
            "{request: 500m",
            "    hardening:",
            "      read_only_root: false",
            f"      exceptions: {{read_only_root: {{reason: writes a cache, until: {LATER}}}}}",
        ),
    ),
    "what Pulumi adds": ("pc2", swap("config:\n", "encryptionsalt: v1:x\nconfig:\n  docker:host: x\n")),
    "a subnet that is meant": ("pc2", swap("10.210.2.0/24", "172.20.0.0/16, inside_docker_pool: true")),
    "several images": ("pc2", chain(under("config:", "  fleet:images: {registry: ghcr.io/me, tag: '1'}"))),
}


@pytest.mark.parametrize("what", ACCEPTED)
def test_what_the_loader_accepts_the_schema_accepts_too(tmp_path: Path, what: str) -> None:
    name, change = ACCEPTED[what]
    project = write_project(tmp_path, **{name: change})
    assert faults_of(project) == []
    assert faults_by_the_schema(project / file_of(name), file_of(name)) == []


def test_a_small_group_is_good_by_its_schema(tmp_path: Path) -> None:
    file = tmp_path / "small.yaml"
    file.write_text(small_group(main="stop_grace: 5s\nhealth: {interval: 5s}"))
    assert faults_by_the_schema(file, file.name) == []


def test_fields_are_described_for_editors() -> None:
    models = schema_of("group.yaml")["$defs"]
    assert (
        "groups that must be healthy before it starts"
        in models["ContainerGroup"]["properties"]["start_after"]["description"].lower()
    )
    assert "/dev/shm" in models["Container"]["properties"]["shared_memory"]["description"]


@pytest.mark.parametrize("kind", ["group.yaml", "Pulumi.x.yaml"])
def test_every_key_and_choice_says_what_it_is(kind: str) -> None:
    schema = schema_of(kind)
    keys = {
        f"{name}.{key}": value for name, value in parts(schema) for key, value in value.get("properties", {}).items()
    }
    assert [key for key, value in keys.items() if "description" not in value] == []
    choices = {name: value for name, value in parts(schema) if "enum" in value}
    assert [name for name, value in choices.items() if "" in value.get("enumDescriptions", [""])] == []


@pytest.mark.parametrize("kind", ["group.yaml", "Pulumi.x.yaml"])
def test_what_an_editor_fills_in_is_good_by_the_schema(kind: str) -> None:
    schema = schema_of(kind)
    found = [(name, key, value) for name, part in parts(schema) for key, value in part.get("properties", {}).items()]
    for name, key, value in found:
        for offered in (*value.get("examples", ()), *([value["default"]] if "default" in value else ())):
            errors = list(Draft202012Validator({**value, "$defs": schema["$defs"]}).iter_errors(offered))
            assert errors == [], f"{name}.{key}: {offered}"
    described = schema["$defs"]
    if kind == "group.yaml":
        assert described["Health"]["properties"]["interval"]["default"] == "30s"
        assert described["CpuBudget"]["properties"]["request"]["default"] == "500m"
        assert described["Container"]["properties"]["shared_memory"]["default"] == "64MiB"


def parts(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The schema and everything it defines, by name; a part of a file stands for the whole of it."""
    yield "top", schema
    yield from ((name, part) for name, part in schema["$defs"].items() if not name.startswith("PartOf"))
