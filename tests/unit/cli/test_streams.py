"""Standard streams that close, fill up or know few characters: the exit code is the command's own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.builders import ROOT, swap
from tests.unit.cli.running import fleet, write_program

MAIN = "from cli.app import main; main()"
FLEET = f"{sys.executable} -c '{MAIN}'"


def shell(folder: Path, line: str, **env: str) -> tuple[int, str, str]:
    """Exit code of a line of bash with FLEET in it, and what it printed."""
    variables = {**os.environ, "PYTHONPATH": str(ROOT), **env}
    command = ["bash", "-c", line.replace("FLEET", FLEET)]
    done = subprocess.run(command, cwd=folder, env=variables, capture_output=True, check=False)
    return done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")


@pytest.fixture(scope="module")
def violated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project where pc2 violates a mandatory policy and mainpc has a title beyond ASCII."""
    latest = swap("config:\n", "config:\n  fleet:images: {tag: latest}\n")
    return write_program(tmp_path_factory.mktemp("project"), pc2=latest)


def test_a_reader_that_leaves_does_not_change_the_exit_code(violated: Path) -> None:
    for command, code in {
        "plan pc2 --json": 3,
        "plan pc2": 3,
        "plan mainpc --json": 0,
        "plan nope --json": 2,
        "export compose pc2": 3,
        "policy list": 0,
    }.items():
        for reader in ("head -c 1", "true"):
            seen = shell(violated, f"FLEET {command} | {reader} >/dev/null; exit ${{PIPESTATUS[0]}}")
            assert seen[0] == code, (command, reader, seen)
            assert "Traceback" not in seen[2], (command, reader)
            assert "BrokenPipe" not in seen[2], (command, reader)


def test_a_reader_of_errors_that_leaves_does_not_either(violated: Path) -> None:
    assert shell(violated, "FLEET plan nope 2> >(true)")[0] == 2


def test_closed_streams_are_as_good_as_empty_ones(violated: Path) -> None:
    for streams, code in {">&-": 3, ">&- 2>&-": 3, ">&- 2>&- <&-": 3, "<&-": 3}.items():
        seen = shell(violated, f"FLEET plan pc2 {streams}")
        assert (seen[0], seen[2]) == (code, ""), (streams, seen)
    assert shell(violated, "FLEET plan nope 2>&-") == (2, "", "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_a_full_disk_behind_standard_output_is_an_error_of_the_environment(violated: Path) -> None:
    for command in ("policy list", "plan mainpc --json", "plan nope --json", "graph", "--help"):
        code, _, err = shell(violated, f"FLEET {command} > /dev/full")
        assert code == 2, (command, code, err)
        assert "internal error" not in err, command
        assert "Traceback" not in err, command
    assert "standard output: cannot be used (No space left on device)" in shell(violated, "FLEET graph > /dev/full")[2]
    assert shell(violated, "FLEET plan nope 2> /dev/full") == (2, "", "")


def test_a_narrow_encoding_degrades(violated: Path) -> None:
    ascii_only = {"PYTHONIOENCODING": "ascii"}
    c_locale = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    for env in (ascii_only, c_locale, {"PYTHONIOENCODING": "latin-1"}):
        for command in ("report -o -", "graph --format svg", "graph", "plan mainpc", "policy list", "cost mainpc"):
            code, out, err = shell(violated, f"FLEET {command}", **env)
            assert code in (0, 3), (env, command, err)
            assert out, (env, command)
            assert err == "", (env, command)
    page = shell(violated, "FLEET report -o -", **ascii_only)[1]
    assert page == fleet(violated, "report", "-o", "-").out


def test_any_size_and_kind_of_terminal_will_do() -> None:
    plain = shell(ROOT, "FLEET policy list")[1]
    for columns in ("0", "1", "-5", "²", "9" * 20, "9" * 5_000, "wide", ""):
        code, out, err = shell(ROOT, "FLEET policy list", COLUMNS=columns, LINES=columns)
        assert (code, err) == (0, ""), (columns[:20], err)
        assert out, columns[:20]
        assert max(map(len, out.splitlines())) <= 400, columns[:20]
    for env in ({"TERM": "dumb"}, {"TERM": "unheard-of"}, {"NO_COLOR": "1"}, {"TERM": ""}):
        assert shell(ROOT, "FLEET policy list", **env)[:2] == (0, plain), env
