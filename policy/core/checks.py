"""Checks of one field: a rule with a single condition says what is wrong, and needs no generator of findings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypedDict

from fleet.source.redaction import shown
from policy.core.parsing.images import ImageReference, parse_image
from policy.core.rule import Finding, Settings

Problem = Callable[[Any, Settings], str | None]
"""(view or entry of a field, settings) -> what is wrong, quoting the value; None if nothing is."""

Problems = Problem | Callable[[Any, Settings], Iterable[str]]


class Check(TypedDict):
    """Arguments of a ContainerRule or ResourceCheck, to pass with `**`."""

    reads: tuple[str, ...]
    each: tuple[str, ...]
    check: Callable[[Any, Settings], Iterable[Finding]]


def on_field(field: str, problem: Problems, *also: str, each: tuple[str, ...] = (), remedy: str = "") -> Check:
    """A finding on a field for each text that `problem` of the view and the settings returns.

    also: further fields that `problem` reads; each: those of them whose known entries it can judge alone;
    remedy: of the finding, if it differs from the rule's.
    """

    def check(view: Any, settings: Settings) -> Iterable[Finding]:
        texts = problem(view, settings) or ()
        return [Finding(field, text, remedy) for text in ([texts] if isinstance(texts, str) else texts)]

    return {"reads": (field, *also), "each": each, "check": check}


def on_entries(field: str, problem: Problem, remedy: str = "") -> Check:
    """One finding on a field for each entry of it for which `problem` returns a text."""

    def check(view: Any, settings: Settings) -> Iterator[Finding]:
        for entry in getattr(view, field):
            if text := problem(entry, settings):
                yield Finding(field, text, remedy)

    return {"reads": (field,), "each": (field,), "check": check}


def if_true(field: str, why: str, remedy: str = "") -> Check:
    """A finding if a flag is set."""
    text = f"{field} is true{why}"
    return on_field(field, lambda view, _: text if getattr(view, field) else None, remedy=remedy)


def if_false(field: str, why: str, remedy: str = "") -> Check:
    """A finding if a flag is not set."""
    text = f"{field} is false{why}"
    return on_field(field, lambda view, _: None if getattr(view, field) else text, remedy=remedy)


def unless_limited(field: str, why: str) -> Check:
    """A finding if an amount is not set, zero or negative."""

    def problem(view: Any, settings: Settings) -> str | None:
        limit = getattr(view, field)
        if limit is None:
            return f"{field} is not set{why}"
        return None if limit > 0 else f"{field} is {limit:g}, which means no limit{why}"

    return on_field(field, problem)


def unless_capped(field: str, ulimit: str, if_missing: str, otherwise: str) -> Check:
    """A finding if the hard limit of a ulimit is not set, unlimited or above the setting `at_most`."""

    def problem(view: Any, settings: Settings) -> str | None:
        limit, most = getattr(view, field), settings["at_most"]
        if limit is None:
            return f"{field} is not set (ulimit {ulimit}), {if_missing}"
        if limit <= 0:
            return f"{field} is {limit} (ulimit {ulimit}), which means no limit{otherwise}"
        return f"{field} is {limit} (ulimit {ulimit}), above {most}{otherwise}" if limit > most else None

    return on_field(field, problem)


def on_image(problem: Callable[[ImageReference, Settings], str | None]) -> Check:
    """A finding on a container's image if `problem` returns a text, which continues `image "name:tag" `."""

    def check(view: Any, settings: Settings) -> str | None:
        image = parse_image(view.image)
        text = problem(image, settings) if image else None
        return f"image {shown(view.image)} {text}" if text else None

    return on_field("image", check)
