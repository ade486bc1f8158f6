"""How long an agent waits for its next start, and when it gets none."""

from __future__ import annotations

from agent_host.restarts import RestartHistory, RestartPolicy

POLICY = RestartPolicy(restarts_max=3, window_s=100, first_pause_s=1, longest_pause_s=3, stable_s=10)


def pauses(*crashes: tuple[float, float]) -> list[float | None]:
    history = RestartHistory(POLICY)
    return [history.pause_after(ran_s, now_s) for ran_s, now_s in crashes]


def test_pauses_double_up_to_the_longest() -> None:
    assert pauses((0, 1), (0, 2), (0, 4)) == [1, 2, 3]


def test_one_crash_more_than_the_restarts_gives_up() -> None:
    assert pauses((0, 1), (0, 2), (0, 4), (0, 7)) == [1, 2, 3, None]


def test_a_stable_run_makes_the_next_pause_short_again() -> None:
    assert pauses((0, 1), (0, 2), (10, 14)) == [1, 2, 1]
    assert pauses((0, 1), (0, 2), (9.9, 14)) == [1, 2, 3]


def test_crashes_before_the_window_do_not_count() -> None:
    assert pauses((0, 1), (0, 2), (0, 4), (0, 101)) == [1, 2, 3, None]
    assert pauses((0, 1), (0, 2), (0, 4), (90, 101.5)) == [1, 2, 3, 1]


def test_without_restarts_the_first_crash_gives_up() -> None:
    assert RestartHistory(RestartPolicy(restarts_max=0)).pause_after(1000, 1000) is None
