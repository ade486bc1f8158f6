"""Volumes of a group, and their backups."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from fleet.model.base import Breach, Form, Model, Reason, rule
from fleet.model.quantities import MemoryMib
from fleet.source.cron import fault_of


def _cron(text: str) -> str:
    if fault := fault_of(text):
        msg = f'"{text}" is not a schedule: {fault}; write it like "30 3 * * *", every day at 3:30'
        raise ValueError(msg)
    return text


Schedule = Annotated[str, StringConstraints(max_length=100), AfterValidator(_cron)]
"""A cron schedule: minute, hour, day of month, month, day of week."""

_ONE_ITEM = r"^[^;\r\n]+$"

_ON_ONE_LINE = Form("write it on one line, without a semicolon")
Words = Annotated[str, StringConstraints(strip_whitespace=True, pattern=_ONE_ITEM, max_length=200), _ON_ONE_LINE]
"""A line of text, without `;`, which separates volumes in a label."""

VELERO = "velero"
"""Backup tool for a cluster's volumes, configured by an annotation of the pod."""


class Backup(Model):
    """Backup of a volume: schedule and tool, or why there is none. The owner sets it up."""

    schedule: Schedule | None = None
    """Cron schedule: `30 3 * * *` is every day at 3:30."""
    by: Annotated[Words, StringConstraints(min_length=2)] | None = None
    """Backup tool, such as `restic` or `borg`; on a cluster, `velero` annotates the volume for Velero."""
    none: Annotated[Reason, StringConstraints(pattern=_ONE_ITEM, max_length=200), _ON_ONE_LINE] | None = None
    """Why there is no backup. Excludes the other fields."""

    def __str__(self) -> str:
        return f"none, {self.none}" if self.none else f"{self.schedule} by {self.by}"

    @rule
    def _says_one_thing(self) -> Iterator[Breach]:
        stated = self.schedule is not None and self.by is not None
        if stated == (self.none is not None) or (self.schedule is None) != (self.by is None):
            given = ", ".join(sorted(self.model_fields_set)) or "nothing"
            yield (), f"{given} set; set schedule and by, or none with the reason for no backup"


class VolumeKind(StrEnum):
    """How valuable the data is."""

    DATA = "data"
    """Protected, and kept when the stack is destroyed."""
    CACHE = "cache"
    """Can be rebuilt slowly: protected and kept like data."""
    SCRATCH = "scratch"
    """Deleted with the stack."""


class Volume(Model):
    """Storage of a group; other groups of the machine may mount it by name."""

    kind: VolumeKind = VolumeKind.DATA
    """How valuable the data is."""
    writers: Literal["one", "many"] = "many"
    """`one` for files with a single writer, such as SQLite and Chroma."""
    medium: Literal["any", "ssd"] = "any"
    """`ssd` if the group needs a fast disk."""
    size_mib: MemoryMib | None = Field(default=None, alias="size")
    """Expected size; Docker does not enforce it."""
    backup: Backup | None = None
    """Backup of the data, or why there is none."""

    @rule
    def _only_data_is_backed_up(self) -> Iterator[Breach]:
        if self.backup and self.kind is not VolumeKind.DATA:
            yield ("backup",), f"backup is for data, but kind is {self.kind}; drop backup, or set kind to data"
