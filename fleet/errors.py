"""Bad input that lies in no file, such as an argument. Faults of files are in `fleet/source/faults.py`."""

from __future__ import annotations

from collections.abc import Iterable

from fleet.suggest import suggestion


class UserError(Exception):
    """The message says what is wrong and what to do."""


class UnknownStackError(UserError):
    """The fleet has no stack of that name; the message suggests one."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        super().__init__(f'unknown stack "{name}"; {suggestion(name, known)} (or add Pulumi.{name}.yaml)')
