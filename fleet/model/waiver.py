"""Waivers: reason and end date of a policy rule that a group may violate."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import StringConstraints

from fleet.model.base import Model

RuleId = Annotated[str, StringConstraints(pattern=r"^[A-Z][0-9]{2}$")]
"""Id of one rule, such as `E06`; a waiver is for one rule."""

UNWAIVABLE = frozenset({"F04", "G01"})
"""Rules that cannot be waived: a leaked secret stays leaked, and an overcommitted card kills other groups too."""


class Waiver(Model):
    """Lets a group or container violate one rule for a limited time."""

    reason: Annotated[str, StringConstraints(min_length=10)]
    """Reason, for reviewers."""
    until: date
    """Last valid day; after it, the fleet is refused."""
