"""`fleet export kubernetes` and `fleet export helm`: what they write, and what they refuse."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from components.kubernetes.files import manifest_files
from tests.unit.builders import ROOT, swap
from tests.unit.cli.running import Answer, fleet, write_program
from tests.unit.clusters import GROUPS, planned_cluster, stack_file, write_cluster

LEVELS = ("--policy-config", "levels.json")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    write_program(root)
    (root / "levels.json").write_text('{"D03": {"registries": ["registry.example", "docker.io"]}}')
    return write_cluster(root, "woven")


def export(project: Path, kind: str, *arguments: str) -> Answer:
    return fleet(project, "export", kind, *arguments, *(LEVELS if (project / LEVELS[1]).exists() else ()))


def test_manifests_are_printed_as_one_text(project: Path) -> None:
    answer = export(project, "kubernetes", "woven")
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.startswith("# Made by `fleet export kubernetes woven` from Pulumi.woven.yaml and groups/.\n# ")
    assert {found["kind"] for found in yaml.safe_load_all(answer.out)} >= {"Namespace", "Deployment", "HTTPRoute"}


def test_manifests_are_written_a_file_a_group(project: Path, tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "down"
    assert export(project, "kubernetes", "woven", "-o", str(folder)).code == 0
    assert {file.name for file in folder.iterdir()} == set(manifest_files(planned_cluster("woven")[0], ""))


@pytest.mark.parametrize("kind", ["kubernetes", "helm"])
def test_a_group_that_is_gone_leaves_no_file_and_files_of_others_stay(kind: str, project: Path, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    export(project, kind, "woven", "-o", str(folder))
    assert list(folder.rglob("*jay.yaml"))
    (folder / "mine.yaml").write_text("# Made by `fleet export compose` once.\n")
    (project / "Pulumi.woven.yaml").write_text(stack_file("woven", [name for name in GROUPS if name != "jay"]))
    (project / "groups/assistant/jay.yaml").unlink()
    assert export(project, kind, "woven", "-o", str(folder)).code == 0
    assert not list(folder.rglob("*jay.yaml"))
    assert (folder / "mine.yaml").is_file()


def test_a_chart_is_written_where_it_is_asked_for(project: Path, tmp_path: Path) -> None:
    answer = export(project, "helm", "woven", "-o", str(tmp_path / "chart"))
    assert (answer.code, answer.err) == (0, "")
    files = (file for file in (tmp_path / "chart").rglob("*") if file.is_file())
    assert {str(file.relative_to(tmp_path / "chart")) for file in files} == {
        "Chart.yaml",
        "values.yaml",
        "values.schema.json",
        "templates/_helpers.tpl",
        "templates/NOTES.txt",
        "templates/shared.yaml",
        *(f"templates/groups/{name}.yaml" for name in GROUPS),
    }


@pytest.mark.parametrize("kind", ["kubernetes", "helm"])
def test_a_stack_that_is_no_cluster_is_refused_with_the_way_out(kind: str, tmp_path: Path) -> None:
    answer = export(ROOT, kind, "mainpc", "-o", str(tmp_path))
    assert (answer.code, answer.out) == (2, "")
    assert answer.err == "mainpc: its target is docker, not kubernetes; use `fleet export compose mainpc`\n"


def test_a_cluster_is_no_docker_machine(project: Path) -> None:
    answer = export(project, "compose", "woven")
    assert (answer.code, answer.out) == (2, "")
    assert answer.err == "woven: its target is kubernetes, not docker; use `fleet export kubernetes woven`\n"


@pytest.mark.parametrize("kind", ["kubernetes", "helm"])
def test_an_unknown_stack_is_refused(kind: str, tmp_path: Path) -> None:
    answer = export(ROOT, kind, "nowhere", "-o", str(tmp_path))
    assert (answer.code, answer.out) == (2, "")
    assert 'unknown stack "nowhere"; use one of' in answer.err


@pytest.mark.parametrize("kind", ["kubernetes", "helm"])
def test_a_folder_that_cannot_be_written_is_reported(kind: str, project: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    answer = export(project, kind, "woven", "-o", str(tmp_path / "file"))
    assert (answer.code, answer.out) == (2, "")
    assert "cannot be written" in answer.err


def test_without_gpu_nothing_asks_for_a_card(project: Path) -> None:
    answer = export(project, "kubernetes", "woven", "--without-gpu")
    assert answer.code == 0
    assert answer.err == "without GPU: painter request one and run without\n"
    assert "# Without GPU: painter request one and run without.\n" in answer.out
    pods = [found for found in yaml.safe_load_all(answer.out) if found["kind"] == "Deployment"]
    assert "nvidia.com" not in str(pods)


VIOLATED = swap("config:\n", "config:\n  fleet:images: {tag: latest}\n")


def test_an_export_is_judged_like_a_plan_and_in_its_words(tmp_path: Path) -> None:
    project, out = write_program(tmp_path / "project", pc2=VIOLATED), tmp_path / "out"
    planned = [line for line in fleet(project, "plan", "pc2").out.splitlines() if "   mandatory   " in line]
    assert planned
    for arguments in ((), ("-o", str(out))):
        answer = fleet(project, "export", "compose", "pc2", *arguments)
        assert (answer.code, answer.out, out.exists()) == (3, "", False)
        head, *rest = answer.err.splitlines()
        violations = f"{len(planned)} violation{'s' if len(planned) > 1 else ''} of mandatory policies"
        assert head == f"pc2: {violations}; nothing exported (see --allow-violations)"
        assert [line for line in rest if "   mandatory   " in line] == planned


def test_a_violated_stack_is_exported_on_request(tmp_path: Path) -> None:
    project, out = write_program(tmp_path / "project", pc2=VIOLATED), tmp_path / "out"
    answer = fleet(project, "export", "compose", "pc2", "-o", str(out), "--allow-violations")
    assert answer.code == 0
    assert "violations of mandatory policies; exported anyway" in answer.err
    assert (out / "compose.yaml").is_file()


def test_levels_of_policies_apply_to_an_export(tmp_path: Path) -> None:
    project = write_program(tmp_path, pc2=VIOLATED)
    (project / "levels.json").write_text('{"all": "advisory"}')
    answer = fleet(project, "export", "compose", "pc2", "--policy-config", "levels.json")
    assert (answer.code, answer.err) == (0, "")


@pytest.mark.parametrize(("kind", "stack"), [("kubernetes", "cluster"), ("helm", "cluster"), ("knative", "cloud")])
def test_every_export_is_judged(kind: str, stack: str, tmp_path: Path) -> None:
    levels, out = tmp_path / "levels.json", tmp_path / "out"
    levels.write_text('{"all": "mandatory"}')
    answer = fleet(ROOT, "export", kind, stack, "-o", str(out), "--policy-config", str(levels))
    assert (answer.code, out.exists()) == (3, False), answer
