"""pyproject.toml and the locks declare exactly what the code imports."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from itertools import chain
from pathlib import Path

import pytest

from cli.preview.program import run_offline
from fleet.errors import UserError
from fleet.load.project import load_project
from tests.unit.builders import ROOT

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
RUNTIME = [
    *PYPROJECT["project"]["dependencies"],
    *chain.from_iterable(PYPROJECT["project"]["optional-dependencies"].values()),
]
"""What the project and its extras need, as written."""

SHIPPED = ("__main__.py", "fleet", "components", "policy", "cli", "tools/ci")
DEVELOPED = ("tests", "benchmarks", "tools/tests")
SDKS = ("pulumi_docker", "pulumi_kubernetes", "pulumi_gcp")
"""Imported by `components/registering.py` for the first resource of a type, by the type's name."""

OWN = {"fleet", "components", "policy", "cli", "tools", "tests", "benchmarks", "agent_host"}


def imported(*places: str) -> dict[str, str]:
    """Top-level modules of others -> a file that imports them."""
    found = {}
    for file in files(places):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.level == 0:
                names = [str(node.module)]
            for top in {name.split(".")[0] for name in names} - OWN - sys.stdlib_module_names:
                found[top] = str(file.relative_to(ROOT))
    return found


def files(places: tuple[str, ...]) -> Iterator[Path]:
    for place in places:
        yield from [ROOT / place] if place.endswith(".py") else sorted((ROOT / place).rglob("*.py"))


def names(requirements: list[str]) -> set[str]:
    """Distributions, with names as an index normalizes them."""
    return {normalized(found[0]) for line in requirements if (found := re.match(r"[\w.-]+", line))}


def normalized(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def undeclared(modules: dict[str, str], declared: set[str]) -> dict[str, str]:
    providers = packages_distributions()
    return {
        module: file
        for module, file in modules.items()
        if not {normalized(name) for name in providers.get(module, ())} & declared
    }


def declared_for_development() -> set[str]:
    lines = (ROOT / "requirements-dev.in").read_text(encoding="utf-8").splitlines()
    return names([line for line in lines if not line.startswith(("#", "-"))])


def test_whatever_is_imported_is_declared() -> None:
    declared = names(RUNTIME)
    assert undeclared(imported(*SHIPPED), declared) == {}
    assert undeclared(imported(*DEVELOPED), declared | declared_for_development()) == {}


def test_whatever_is_declared_for_use_is_imported() -> None:
    providers = packages_distributions()
    modules = {*imported(*SHIPPED), *SDKS}
    used = {normalized(name) for module in modules for name in providers.get(module, ())}
    assert names(RUNTIME) - used == set()


def test_a_module_that_nobody_declares_is_found() -> None:
    assert undeclared({"pulumi_gcp": "a.py", "no_such_module": "b.py"}, {"pulumi-docker"}) == {
        "pulumi_gcp": "a.py",
        "no_such_module": "b.py",
    }


@pytest.mark.parametrize("file", ["requirements.txt", "requirements-dev.txt"])
def test_a_lock_pins_what_is_declared_and_names_no_index(file: str) -> None:
    text = (ROOT / file).read_text(encoding="utf-8")
    declared = declared_for_development() if "dev" in file else names(RUNTIME)
    pinned = dict(re.findall(r"^([\w.-]+)==(\S+)", text, re.MULTILINE))
    assert declared - set(pinned) == set()
    assert "://" not in text


def test_pulumis_packages_are_exact_and_locked_as_declared() -> None:
    lock = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    for requirement in RUNTIME:
        if requirement.startswith("pulumi"):
            assert "==" in requirement
            assert f"\n{requirement} \\\n" in lock


def test_the_locked_setuptools_builds_the_project_without_network() -> None:
    (required,) = PYPROJECT["build-system"]["requires"]
    lock = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    (locked,) = re.findall(r"^setuptools==(\d+)", lock, re.MULTILINE)
    assert int(locked) >= int(required.removeprefix("setuptools>="))


@pytest.mark.parametrize(("stack", "module"), [("cluster", "pulumi_kubernetes"), ("cloud", "pulumi_gcp")])
def test_a_target_whose_sdk_is_missing_names_its_extra(
    stack: str, module: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for loaded in [name for name in sys.modules if name.partition(".")[0] == module]:
        monkeypatch.delitem(sys.modules, loaded)
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(UserError) as refusal:
        run_offline(ROOT, stack, {})
    target = load_project(ROOT).fleet.stacks[stack].machine.target
    extra = f"pip install 'agent-fleet[{target}]'"
    assert str(refusal.value) == f"{module} is not installed ({target} needs it); {extra}"
    assert target in PYPROJECT["project"]["optional-dependencies"]
