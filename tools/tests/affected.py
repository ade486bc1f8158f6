"""Runs the unit and policy tests of what changed since main: `python -m tools.tests.affected [pytest options]`.

A changed module affects the tests that import it, directly or indirectly. A table lists the tests that read other
files; a file that is not in it affects all tests.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath

import grimp

ROOT = Path(__file__).parents[2]
LEVELS = ("tests/unit", "tests/policy")
PACKAGES = ("fleet", "components", "policy", "cli", "tools", "tests")
LOADED_BY_NAME = {
    "cli.group": "cli.commands",
    "cli.preview.program": "components",
    "cli.scaffold.machine": "cli.scaffold.machines",
    "cli.view.targets.base": "cli.view.targets",
    "components": "components",
    "components.fixed": "components",
    "fleet.cost.target": "fleet.cost",
    "policy.engine.catalogue": "policy.rules",
}
"""Module -> the package that it imports modules of by name."""

READ_BY = {
    "docs/policies.md": ("tests/unit/docs", "tests/unit/cli/commands"),
    "docs/": ("tests/unit/docs",),
    "README.md": ("tests/unit/docs",),
    "CONTRIBUTING.md": ("tests/unit/docs",),
    "images/agent-host/": ("tests/unit/agent_host", "tests/unit/test_dockerfiles.py"),
    ".github/": ("tests/unit/tools/ci",),
    "tools/ci/": ("tests/unit/tools/ci",),
    "tools/lab/": (),
    "benchmarks/": (),
    "examples/": ("tests/unit/docs", "tests/unit/test_examples.py"),
    "tests/docker/": (),
    "tests/engine/": (),
    "tests/kubernetes/": (),
}
"""Prefix of a path -> the tests that read it; the most specific first."""


def main(options: Sequence[str]) -> int:
    """Runs pytest on the affected tests. Returns its exit code, 0 if there are none."""
    changed = changed_files()
    chosen = affected(changed)
    print(f"files changed since main: {len(changed)}; affected: {', '.join(chosen) or 'no unit or policy test'}")
    if not chosen:
        return 0
    command = [sys.executable, "-m", "pytest", "--failed-first", *options, *chosen]
    return subprocess.run(command, cwd=ROOT, check=False).returncode  # noqa: S603


def changed_files() -> list[str]:
    """Paths that differ from the merge base with main, committed or not."""
    base = _git("merge-base", "HEAD", "main") or ["HEAD"]
    return sorted({*_git("diff", "--name-only", base[0]), *_git("ls-files", "--others", "--exclude-standard")})


def affected(changed: Iterable[str]) -> list[str]:
    """Test files and folders to run for changed files; the folders of the levels if all tests are affected."""
    graph = _graph()
    found: set[str] = set()
    for path in changed:
        if PurePosixPath(path).name == "conftest.py":
            found.add(str(PurePosixPath(path).parent))
            continue
        module = _module(path)
        if module in graph.modules:
            found |= {_file(name) for name in (module, *graph.find_downstream_modules(module))}
        reading = next((tests for start, tests in READ_BY.items() if path.startswith(start)), None)
        if reading is None and module not in graph.modules:
            return list(LEVELS)
        found |= set(reading or ())
    if "tests" in found:
        return list(LEVELS)
    return sorted(path for path in found if path.startswith(LEVELS) and _is_test(path))


def _graph() -> grimp.ImportGraph:
    # No cache: import-linter would share it, with stale imports.
    graph = grimp.build_graph(*PACKAGES, cache_dir=None)
    for importer, package in LOADED_BY_NAME.items():
        for module in graph.find_descendants(package):
            graph.add_import(importer=importer, imported=module)
    return graph


def _module(path: str) -> str:
    return ".".join(PurePosixPath(path).with_suffix("").parts).removesuffix(".__init__")


def _file(module: str) -> str:
    return f"{module.replace('.', '/')}.py"


def _is_test(path: str) -> bool:
    """Whether a path, which may be deleted or a helper, contains tests."""
    return (ROOT / path).exists() and (not path.endswith(".py") or PurePosixPath(path).name.startswith("test_"))


def _git(*arguments: str) -> list[str]:
    command = ["git", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603
    return done.stdout.splitlines()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
