"""What a shell is offered: names that there are, quickly, and never an error."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from contextlib import chdir
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli.group import app
from tests.unit.builders import ROOT
from tests.unit.cli.running import fleet
from tests.unit.test_layers import modules_after


def offered(folder: Path, line: str) -> dict[str, str]:
    """Words that a shell is offered for the last word of a line, with their descriptions."""
    words = line.split(" ")
    asked = {"COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1), "_FLEET_COMPLETE": "zsh_complete"}
    with chdir(folder):
        result = CliRunner().invoke(app, prog_name="fleet", env=asked)
    assert (result.stderr, result.exit_code) == ("", 0)
    lines = result.stdout.splitlines()
    return dict(zip(lines[1::3], lines[2::3], strict=True))


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
    assert list(offered(ROOT, line)) == wanted


def test_a_shell_that_shows_them_gets_descriptions() -> None:
    assert offered(ROOT, "fleet plan ma") == {"mainpc": "MainPC"}
    assert offered(ROOT, "fleet new group mine --system cr") == {"crank": "4 groups"}
    assert offered(ROOT, "fleet explain mainpc utility-gpu-") == {"utility-gpu-helpers": "a sidecar of utility-gpu"}
    described = offered(ROOT, "fleet move ")
    assert max(map(len, described.values())) <= 60
    assert any(text.endswith("…") for text in described.values())


@pytest.mark.parametrize("line", ["fleet plan ", "fleet explain mainpc ", "fleet move ", "fleet policy explain "])
def test_without_a_project_nothing_is_offered_and_nothing_said(tmp_path: Path, line: str) -> None:
    assert offered(tmp_path, line) == {}


def test_a_broken_project_offers_what_is_left(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "groups", tmp_path / "groups")
    (tmp_path / "Pulumi.yaml").write_text("name: [")
    (tmp_path / "Pulumi.mainpc.yaml").write_bytes(bytes(range(256)))
    (tmp_path / "Pulumi.folder.yaml").mkdir()
    (tmp_path / "Pulumi.gone.yaml").symlink_to(tmp_path / "nowhere")
    (tmp_path / "groups/assistant/vision-gpu.yaml").write_text("- {:")
    assert list(offered(tmp_path, "fleet plan ")) == ["folder", "gone", "mainpc"]
    assert "vision-gpu" in offered(tmp_path, "fleet explain mainpc ")


def test_whoever_names_a_file_writes_no_command(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: fleet\nruntime: python\n")
    (tmp_path / "Pulumi.$(id).yaml").touch()
    (tmp_path / "Pulumi.x`id`.yaml").touch()
    (tmp_path / "Pulumi.good.yaml").write_text('    title: a"$(id)`id`\\; b\n')
    assert offered(tmp_path, "fleet plan ") == {"good": "aidid; b"}


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_installed_once_for_a_shell(tmp_path: Path, shell: str) -> None:
    for _ in range(2):
        answer = fleet(tmp_path, "--install-completion", SHELL=f"/bin/{shell}", HOME=str(tmp_path))
        assert (answer.code, answer.err) == (0, "")
    script = tmp_path / f".config/fleet/complete.{shell}"
    assert f"{script}: written, sourced by " in answer.out
    assert f"_FLEET_COMPLETE={shell}_complete" in script.read_text()
    started_by = Path(answer.out.partition("sourced by ")[2].partition(";")[0])
    assert started_by.read_text().count(str(script)) == 1


def test_what_a_start_file_held_stays(tmp_path: Path) -> None:
    (tmp_path / ".bashrc").write_text("alias ll='ls -l'")
    assert fleet(tmp_path, "--install-completion", "bash", HOME=str(tmp_path)).code == 0
    assert (tmp_path / ".bashrc").read_text().startswith("alias ll='ls -l'\n")


def test_a_shell_that_is_not_supported_is_refused(tmp_path: Path) -> None:
    answer = fleet(tmp_path, "--install-completion", "tcsh", HOME=str(tmp_path))
    assert (answer.code, list(tmp_path.iterdir())) == (2, [])
    assert '"tcsh" is not supported; use bash, zsh or fish' in answer.err


def test_bash_completes_a_line(tmp_path: Path) -> None:
    """By the installed script, in a real bash."""
    assert fleet(tmp_path, "--install-completion", "bash", HOME=str(tmp_path)).code == 0
    (tmp_path / "fleet").write_text(f"#!{sys.executable}\nfrom cli.app import main\nmain()\n")
    (tmp_path / "fleet").chmod(0o755)
    lines = [
        f". {tmp_path}/.config/fleet/complete.bash",
        "COMP_WORDS=(fleet plan ma) COMP_CWORD=2",
        "_fleet_completion fleet",
        'printf "%s\\n" "${COMPREPLY[@]}"',
    ]
    env = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        ["bash", "--norc", "-c", "\n".join(lines)], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("mainpc\n", "")


def test_a_key_press_does_not_wait_for_what_commands_import() -> None:
    program = "\n".join(
        [
            "from cli.group import app",
            "for name in app.commands:",
            "    assert app.commands[name].name == name, name",
        ]
    )
    slow = {"pydantic", "yaml", "pulumi", "rich", "docker", "policy", "components"}
    assert modules_after(program) & slow == set()
