"""Waivers: reason and end date of a policy rule that a group may violate."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

from fleet.model.base import Day, Form, Model, Reason

RuleId = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Z][0-9]{2}$"),
    Form("use the id of one rule, like E06 (see `fleet policy list`)"),
]
"""Id of one rule, such as `E06`; a waiver is for one rule."""

UNWAIVABLE = frozenset({"F04", "G01"})
"""Rules that cannot be waived: a leaked secret stays leaked, and an overcommitted card kills other groups too."""


class Waiver(Model):
    """Lets a group or container violate one rule for a limited time."""

    reason: Reason
    """Reason, for reviewers."""
    until: Day
    """Last valid day; after it, the fleet is refused."""
