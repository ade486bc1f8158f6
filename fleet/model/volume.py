"""Storage of a group, and how its data is kept a second time."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from fleet.cron import fault_of
from fleet.model.base import Model
from fleet.model.quantities import MemoryMib


def _cron(text: str) -> str:
    if fault := fault_of(text):
        msg = f'"{text}" is no schedule: {fault}; write it like "30 3 * * *", every day at half past three'
        raise ValueError(msg)
    return text


Schedule = Annotated[str, StringConstraints(max_length=100), AfterValidator(_cron)]
"""When, in cron's five fields: minute, hour, day of the month, month, day of the week."""

Words = Annotated[str, StringConstraints(pattern=r"^[^;\n]+$", max_length=200)]
"""A line of text; `;` parts what a label says of several volumes."""


VELERO = "velero"
"""What backs up volumes of a cluster, told by an annotation of the pod."""


class Backup(Model):
    """How a volume's data is kept a second time: when and by what, or why not. Setting it up is the owner's."""

    schedule: Schedule | None = None
    """When, in cron's five fields: `30 3 * * *` is every day at half past three."""
    by: Annotated[Words, StringConstraints(min_length=2)] | None = None
    """What does it, such as `restic` or `borg`; on a cluster `velero` marks the volume for Velero."""
    none: Annotated[Words, StringConstraints(min_length=10)] | None = None
    """Why nothing does, in place of the others."""

    def __str__(self) -> str:
        return f"none, {self.none}" if self.none else f"{self.schedule} by {self.by}"

    @model_validator(mode="after")
    def _says_one_thing(self) -> Backup:
        stated = self.schedule is not None and self.by is not None
        if stated == (self.none is not None) or (self.schedule is None) != (self.by is None):
            given = ", ".join(sorted(self.model_fields_set)) or "nothing"
            msg = f"{given} given; give schedule and by, or none with the reason why there is no backup"
            raise ValueError(msg)
        return self


class VolumeKind(StrEnum):
    """How much it would hurt to lose it."""

    DATA = "data"
    """Protected, and kept when the stack is destroyed."""
    CACHE = "cache"
    """Can be had again, but slowly: protected and kept like data."""
    SCRATCH = "scratch"
    """Gone with the stack."""


class Volume(Model):
    """Storage a group owns; other groups of the machine may mount it by name."""

    kind: VolumeKind = VolumeKind.DATA
    """How much it would hurt to lose it."""
    writers: Literal["one", "many"] = "many"
    """`one` where its files take a single writer: SQLite, Chroma."""
    medium: Literal["any", "ssd"] = "any"
    """`ssd` where a slow disk would hold its group up."""
    size_mib: MemoryMib | None = Field(default=None, alias="size")
    """Expected size; Docker does not enforce it."""
    backup: Backup | None = None
    """How its data is kept a second time, or why it is not."""

    @model_validator(mode="after")
    def _only_data_is_backed_up(self) -> Volume:
        if self.backup and self.kind is not VolumeKind.DATA:
            msg = f"backup says how data is kept, but kind is {self.kind}; drop backup, or set kind to data"
            raise ValueError(msg)
        return self
