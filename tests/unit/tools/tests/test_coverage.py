"""Coverage fails below its floors, by name and figure."""

from __future__ import annotations

from tools.tests.coverage import FLOORS, too_low


def _totals(**change: float) -> dict[str, float]:
    return {f"percent_{name}_covered": floor + change.get(name, 0.0) for name, floor in FLOORS.items()}


def test_a_share_at_its_floor_is_enough() -> None:
    assert too_low(_totals()) == []


def test_a_share_below_its_floor_is_named_with_both_figures() -> None:
    (fault,) = too_low(_totals(branches=-0.5))
    floor = FLOORS["branches"]
    assert fault.startswith(f"coverage of branches is {floor - 0.5:.2f} %, below {floor} %; ")
