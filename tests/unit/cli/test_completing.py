"""What a shell is offered: names that there are, quickly, and never an error."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.builders import ROOT


def offered(folder: Path, line: str, shell: str = "bash") -> list[str]:
    """Words that a shell gets for the last word of a line; nothing may be said beside them."""
    words = line.split(" ")
    asked = {
        "bash": {"COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1)},
        "zsh": {"_TYPER_COMPLETE_ARGS": line},
        "fish": {"_TYPER_COMPLETE_ARGS": line, "_TYPER_COMPLETE_FISH_ACTION": "get-args"},
    }
    answer = subprocess.run(
        [sys.executable, "-c", "import sys; sys.argv[0] = 'fleet'; from cli.app import main; main()"],
        cwd=folder, env={"PYTHONPATH": str(ROOT), "_FLEET_COMPLETE": f"complete_{shell}", **asked[shell]},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (answer.stderr, "Traceback" in answer.stdout) == ("", False)
    return answer.stdout.split("\n")[:-1] if answer.stdout.strip() else []


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("fleet pl", ["plan"]),
        ("fleet plan ma", ["mainpc"]),
        ("fleet cost p", ["pc2"]),
        ("fleet diff edge clu", ["cluster"]),
        ("fleet validate lo", ["local"]),
        ("fleet move memory-s", ["memory-stack"]),
        ("fleet move memory-stack --to ed", ["edge"]),
        ("fleet explain mainpc lang", ["language-stack-gpu"]),
        ("fleet explain mainpc utility-gpu", ["utility-gpu", "utility-gpu-helpers"]),
        ("fleet explain pc2 lang", []),
        ("fleet rollout next cloud agentic-flow-burst-", ["agentic-flow-burst-onnx"]),
        ("fleet policy explain A01", ["A01"]),
        ("fleet new group mine --system cr", ["crank"]),
        ("fleet graph --format s", ["svg"]),
        ("fleet plan mainpc --no-p", ["--no-policy"]),
    ],
)
def test_names_that_there_are_are_offered(line: str, wanted: list[str]) -> None:
    assert offered(ROOT, line) == wanted


def test_a_shell_that_shows_them_gets_descriptions() -> None:
    assert offered(ROOT, "fleet plan ma", "fish") == ["mainpc\tMainPC"]
    assert '"mainpc":"MainPC"' in "".join(offered(ROOT, "fleet plan ma", "zsh"))


@pytest.mark.parametrize("line", ["fleet plan ", "fleet explain mainpc ", "fleet move ", "fleet policy explain "])
def test_without_a_project_nothing_is_offered_and_nothing_said(tmp_path: Path, line: str) -> None:
    assert offered(tmp_path, line) == []


def test_a_broken_project_offers_what_is_left(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "groups", tmp_path / "groups")
    (tmp_path / "Pulumi.yaml").write_text("name: [")
    (tmp_path / "Pulumi.mainpc.yaml").write_bytes(bytes(range(256)))
    (tmp_path / "Pulumi.folder.yaml").mkdir()
    (tmp_path / "Pulumi.gone.yaml").symlink_to(tmp_path / "nowhere")
    (tmp_path / "groups/assistant/vision-gpu.yaml").write_text("- {:")
    assert offered(tmp_path, "fleet plan ") == ["folder", "gone", "mainpc"]
    assert "vision-gpu" in offered(tmp_path, "fleet explain mainpc ")


def test_whoever_names_a_file_writes_no_command(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").touch()
    (tmp_path / "Pulumi.$(id).yaml").touch()
    (tmp_path / "Pulumi.x`id`.yaml").touch()
    (tmp_path / "Pulumi.good.yaml").write_text('    title: a"$(id)`id`\\; b\n')
    assert offered(tmp_path, "fleet plan ") == ["good"]
    assert offered(tmp_path, "fleet plan ", "fish") == ["good\taidid; b"]
