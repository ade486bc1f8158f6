"""A wheel of the project is a working `fleet` without the checkout."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.builders import ROOT

PACKAGES = ("fleet", "components", "policy", "cli")
PROJECT = ("__main__.py", "Pulumi.yaml", "groups", "images")
"""A project's own files, except its stacks."""

RUN_AND_LIST_MODULES = f"""
import json, sys
from cli.group import app
try:
    app(sys.argv[1:])
except SystemExit as end:
    assert not end.code, end.code
ours = [module for name, module in sys.modules.items() if name.partition(".")[0] in {PACKAGES}]
print(json.dumps([module.__file__ for module in ours if module.__file__]))
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the installed wheel, which is built without network."""
    source, site = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("site")
    for name in PACKAGES:
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    built = [*pip, "wheel", "--no-index", "--no-deps", "--no-build-isolation", "--wheel-dir", str(site), str(source)]
    subprocess.run(built, check=True)
    (wheel,) = site.glob("*.whl")
    subprocess.run([*pip, "install", "--no-index", "--no-deps", "--target", str(site), str(wheel)], check=True)
    return site


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project without its sources."""
    folder = tmp_path_factory.mktemp("project")
    for name in (*PROJECT, *(file.name for file in ROOT.glob("Pulumi.*.yaml"))):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, folder / name)
    return folder


def run(site: Path, folder: Path, *command: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(site), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, *command], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_file_of_the_packages_is_in_it(site: Path) -> None:
    files = [file for name in PACKAGES for file in (ROOT / name).rglob("*") if file.is_file()]
    shipped = [file.relative_to(ROOT) for file in files if file.parent.name != "__pycache__"]
    assert [str(file) for file in shipped if not (site / file).is_file()] == []


def test_its_command_shows_help(site: Path, project: Path) -> None:
    assert "Usage: fleet" in run(site, project, str(site / "bin" / "fleet"), "--help")


@pytest.mark.parametrize("stack", ["mainpc", "cluster", "cloud"])
def test_it_plans_and_judges_as_the_checkout_does(site: Path, project: Path, stack: str) -> None:
    plan, files = planned_by(site, project, stack)
    assert files
    assert [file for file in files if not file.is_relative_to(site)] == []
    assert plan == planned_by(ROOT, project, stack)[0]


def planned_by(code: Path, project: Path, stack: str) -> tuple[object, list[Path]]:
    """The plan of a stack, and the files of our modules that made it."""
    *lines, files = run(code, project, "-c", RUN_AND_LIST_MODULES, "plan", stack, "--json").splitlines()
    plan = json.loads("\n".join(lines))
    # They are listed as they were registered, and those that wait for nothing overtake each other.
    plan["resources"].sort(key=lambda resource: (resource["type"], resource["name"]))
    return plan, [Path(file) for file in json.loads(files)]


def test_it_explains_and_prices_with_the_data_it_brings(site: Path, project: Path) -> None:
    fleet = str(site / "bin" / "fleet")
    assert "A01 non-root-user" in run(site, project, fleet, "explain", "mainpc", "vision-gpu", "user")
    assert "expected" in run(site, project, fleet, "cost", "mainpc")
