"""What each layer pulls in when it is imported: the core stays pure, and validation stays fast."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.builders import ROOT

HEAVY = {"pulumi", "pulumi_docker", "pulumi_policy", "docker", "grpc", "components", "policy", "cli", "rich", "click"}

EVERY_FLEET_MODULE = "\n".join(
    [
        "import importlib, pathlib",
        "for file in sorted(pathlib.Path('fleet').rglob('*.py')):",
        "    importlib.import_module('.'.join(file.with_suffix('').parts).removesuffix('.__init__'))",
    ]
)


def modules_after(program: str, folder: Path = ROOT) -> set[str]:
    """Top-level modules a fresh interpreter holds after a program."""
    report = "\nimport json, sys\nprint('\\n' + json.dumps(sorted({name.split('.')[0] for name in sys.modules})))"
    command = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{program}{report}"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_the_core_pulls_in_neither_pulumi_nor_another_layer() -> None:
    assert modules_after(EVERY_FLEET_MODULE) & HEAVY == set()


def test_rendering_pulls_in_no_pulumi() -> None:
    loaded = modules_after("import components.docker.render")
    assert loaded & {"pulumi", "pulumi_docker", "docker", "grpc", "policy", "cli"} == set()


def test_rules_and_their_judge_pull_in_no_pulumi() -> None:
    loaded = modules_after("from policy.engine.catalogue import rules; import policy.engine.judge; assert rules()")
    assert loaded & {"pulumi", "pulumi_docker", "pulumi_policy", "docker", "grpc", "components", "cli"} == set()


@pytest.mark.parametrize("arguments", [["validate"], ["schema", "--check"]])
def test_checking_files_pulls_in_no_pulumi(arguments: list[str]) -> None:
    program = "\n".join(
        [
            "from cli.group import app",
            "try:",
            f"    app({arguments!r})",
            "except SystemExit as end:",
            "    assert not end.code, end.code",
        ]
    )
    loaded = modules_after(program)
    assert "fleet" in loaded
    assert loaded & {"pulumi", "pulumi_docker", "pulumi_policy", "docker", "grpc", "components", "policy"} == set()
