"""How a group is operated: the state of a rollout."""

from __future__ import annotations

from fleet.model import RolloutState
from tests.unit.fleet.models import problem


def test_a_time_has_a_zone() -> None:
    form = 'write it like "2026-01-31T12:00:00Z"'
    for time, said in (
        ("2026-01-31", "has no time zone"),
        ("2026-01-31T12:00:00", "has no time zone"),
        ("2026-01-31 12:00:00", "has no time zone"),
        ("soon", "is not a time"),
    ):
        assert problem(RolloutState, since=time).endswith(f'"{time}" {said}; {form}'), time
    for time in ("2026-01-31T12:00:00Z", "2026-01-31T12:00:00+02:00", "2026-01-31 12:00:00 +0000 UTC"):
        found = RolloutState.model_validate({"since": time}).since
        assert found is not None, time
