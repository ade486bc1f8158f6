"""Maps of a stack's file that have an entry per group."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import BaseModel


@dataclass(frozen=True, slots=True)
class GroupEntries:
    """path: in the stack's file; owner: the model whose field it is; default: type of a missing entry, None if it has
    no defaults."""

    path: tuple[str, ...]
    owner: BaseModel
    default: type[BaseModel] | None = None

    @property
    def by_group(self) -> Mapping[str, object]:
        """Group -> its entry."""
        entries: Mapping[str, object] = getattr(self.owner, self.path[-1])
        return entries
