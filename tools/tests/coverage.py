"""Measures the coverage of the unit and policy tests: `python -m tools.tests.coverage [pytest options]`.

Exit code 1 if a test fails, or the coverage of lines or branches is below its floor.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
FLOORS = {"statements": 97.86, "branches": 96.33}
"""Percent; raise them as tests are added."""


def main(options: Sequence[str]) -> int:
    """Runs the tests under coverage.py and prints the totals."""
    _coverage("erase")
    tests = _coverage("run", "-m", "pytest", *options, "tests/unit", "tests/policy")
    _coverage("combine", "--quiet")
    totals = json.loads(subprocess.check_output(_command("json", "--quiet", "-o", "-"), cwd=ROOT))["totals"]  # noqa: S603
    below = too_low(totals)
    for line in (*_lines(totals), *below):
        print(line)
    return 1 if tests or below else 0


def too_low(totals: Mapping[str, float]) -> list[str]:
    """A line for each figure below its floor."""
    found = {name: round(totals[f"percent_{name}_covered"], 2) for name in FLOORS}
    return [
        f"coverage of {name} is {found[name]:.2f} %, below {floor} %; see `coverage report --show-missing`"
        for name, floor in FLOORS.items()
        if found[name] < floor
    ]


def _lines(totals: Mapping[str, float]) -> list[str]:
    return [f"{name}: {totals[f'percent_{name}_covered']:.2f} % of {totals[f'num_{name}']}" for name in FLOORS] + [
        f"combined: {totals['percent_covered']:.2f} %"
    ]


def _coverage(*arguments: str) -> int:
    return subprocess.run(_command(*arguments), cwd=ROOT, check=False).returncode  # noqa: S603


def _command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "coverage", *arguments]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
