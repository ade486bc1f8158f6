"""Why a group may break one rule of the policies, and until when."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import StringConstraints

from fleet.model.base import Model

RuleId = Annotated[str, StringConstraints(pattern=r"^[A-Z][0-9]{2}$")]
"""Id of one rule, such as `E06`; nothing waives several at once."""

UNWAIVABLE = frozenset({"F04", "G01"})
"""Rules that nothing waives: a secret that was shown is known, and what exceeds a card ends its neighbours too."""


class Waiver(Model):
    """One rule that a group, or a container of it, may break for a while."""

    reason: Annotated[str, StringConstraints(min_length=10)]
    """Why, in words that a reviewer can judge."""
    until: date
    """Last day it holds; after it the fleet is refused."""
