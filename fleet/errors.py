"""Invalid input outside files, such as arguments. For files, see `fleet/source/faults.py`."""

from __future__ import annotations

from collections.abc import Iterable

from fleet.suggest import suggestion


class UserError(Exception):
    """Invalid input; the message includes the fix."""


class UnknownStackError(UserError):
    """No stack has this name; the message suggests one."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        super().__init__(f'unknown stack "{name}"; {suggestion(name, known)} (or add Pulumi.{name}.yaml)')
