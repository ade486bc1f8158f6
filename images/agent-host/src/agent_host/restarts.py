"""When a crashed agent is restarted, and when it is given up."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RestartPolicy:
    """Pauses double from the first to the longest; durations in seconds."""

    restarts_max: int = 5
    """Restarts within the window. The next crash gives the agent up."""
    window_s: float = 300.0
    first_pause_s: float = 0.5
    longest_pause_s: float = 30.0
    stable_s: float = 60.0
    """After running this long, the pause resets to the first one."""


class RestartHistory:
    """The crashes of one agent."""

    def __init__(self, policy: RestartPolicy) -> None:
        self._policy = policy
        self._restarts: deque[float] = deque()
        self._pause_s = policy.first_pause_s

    def pause_after(self, ran_s: float, now_s: float) -> float | None:
        """Seconds to wait before the next start, or None to give up.

        `ran_s` is how long the agent ran before it ended, `now_s` a clock that never goes back.
        """
        while self._restarts and now_s - self._restarts[0] > self._policy.window_s:
            self._restarts.popleft()
        if len(self._restarts) >= self._policy.restarts_max:
            return None
        if ran_s >= self._policy.stable_s:
            self._pause_s = self._policy.first_pause_s
        self._restarts.append(now_s)
        pause_s = self._pause_s
        self._pause_s = min(pause_s * 2, self._policy.longest_pause_s)
        return pause_s
