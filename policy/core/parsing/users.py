"""The `uid:gid` text of a container's user, taken apart."""

from __future__ import annotations

from policy.views.scalars import as_whole


def user_id(user: str) -> int | str:
    """The user's id; a name as it is."""
    return _id(user.partition(":")[0])


def group_id(user: str) -> int | str | None:
    """The group's id, or its name; None where the text names no group."""
    _, colon, group = user.partition(":")
    return _id(group) if colon else None


def _id(text: str) -> int | str:
    number = as_whole(text.strip())
    return text.strip() if number is None else number
