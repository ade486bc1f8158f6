"""`make test-fast` runs the tests that a change can break, and all of them where nobody knows."""

from __future__ import annotations

import pytest

from tests.unit.builders import ROOT
from tools.tests.affected import LEVELS, LOADED_BY_NAME, READ_BY, affected


@pytest.mark.parametrize(
    ("changed", "test"),
    [
        pytest.param("fleet/source/cron.py", "tests/unit/fleet/source/test_cron.py", id="a module"),
        pytest.param("fleet/model/quantities.py", "tests/unit/cli/commands/test_cost.py", id="a module behind others"),
        pytest.param("policy/rules/a02_high_uid.py", "tests/policy/rules/test_a02_high_uid.py", id="a rule"),
        pytest.param("cli/commands/move.py", "tests/unit/cli/commands/test_move.py", id="a command"),
        pytest.param("tests/unit/builders.py", "tests/unit/fleet/plan/test_planner.py", id="a helper of tests"),
        pytest.param("tests/unit/fleet/source/test_cron.py", "tests/unit/fleet/source/test_cron.py", id="a test"),
        pytest.param("tests/policy/conftest.py", "tests/policy", id="fixtures"),
        pytest.param("docs/sizing.md", "tests/unit/docs", id="a guide"),
    ],
)
def test_a_test_is_affected_by(changed: str, test: str) -> None:
    assert test in affected([changed])


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param("groups/assistant/core-platform.yaml", id="a group"),
        pytest.param("pyproject.toml", id="the configuration"),
        pytest.param("fleet/gone.py", id="a deleted module"),
        pytest.param("tests/conftest.py", id="fixtures of all levels"),
    ],
)
def test_every_test_is_affected_by(changed: str) -> None:
    assert affected([changed]) == list(LEVELS)


def test_a_module_affects_no_test_that_does_not_import_it() -> None:
    assert "tests/unit/fleet/source/test_cron.py" not in affected(["policy/rules/a02_high_uid.py"])


def test_nothing_is_affected_by_other_levels_and_the_lab() -> None:
    assert affected(["tests/docker/test_recovery.py", "tools/lab/helm"]) == []


def test_what_the_tables_name_exists() -> None:
    packages = {*LOADED_BY_NAME, *LOADED_BY_NAME.values()}
    files = [name.replace(".", "/") for name in packages]
    assert [name for name in files if not (ROOT / name).is_dir() and not (ROOT / f"{name}.py").is_file()] == []
    named = {*READ_BY, *(test for tests in READ_BY.values() for test in tests)}
    assert [name for name in named if not (ROOT / name).exists()] == []
