"""Parses the `uid:gid` of a container's user."""

from __future__ import annotations

from policy.views.scalars import as_whole


def user_id(user: str) -> int | str:
    """The user id, or the name."""
    return _id(user.partition(":")[0])


def group_id(user: str) -> int | str | None:
    """The group id, or the name; None if there is no group."""
    _, colon, group = user.partition(":")
    return _id(group) if colon else None


def _id(text: str) -> int | str:
    number = as_whole(text.strip())
    return text.strip() if number is None else number
