"""A difference as a comment of a pull request: biggest things first, the rest folded, within GitHub's limit."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence

from cli.diff.model import Card, Pair, PolicyResult, ResourceChange, StackDiff
from cli.diff.restarts import HOW
from cli.view.diff_words import (
    MARKS,
    card_title,
    cost_text,
    counts,
    effect_text,
    field_text,
    in_order,
    kind_of,
    memory_text,
    moves,
    named,
    policy_counts,
    port_lines,
    presence_text,
    standing,
    wave_text,
)
from fleet.text import plural, thousands

LIMIT = 65_536
"""Characters of a comment: GitHub's API refuses a longer one ("body is too long (maximum is 65536 characters)")."""

_ROOM = LIMIT - 300
"""Less what the last line says of what is left out."""

_BAR = 40
_FIELD_LENGTH = 200
_OPEN = 12
"""Lines of a section that are shown unfolded; a longer one is folded."""


def diff_markdown(diffs: Sequence[StackDiff], base: str) -> str:
    """The whole comment. What does not fit is left out, what weighs least first, and said to be."""
    differing = [diff for diff in diffs if not diff.is_empty]
    blocks = [f"### fleet diff\n\nCompared with {_code(base)}; offline plans, nothing was reached.\n"]
    blocks += [_summary(differing)] if differing else ["\nNothing differs in any stack.\n"]
    blocks += ["".join(f"\n{_text(line)}\n" for line in moves(diffs))]
    blocks += [block for section in _BY_WEIGHT for diff in differing for block in section(diff)]
    same = [_text(diff.stack) for diff in diffs if diff.is_empty]
    if same and differing:
        blocks.append(f"\nNothing differs in: {', '.join(same)}\n")
    return _fitted(blocks)


def _fitted(blocks: Sequence[str]) -> str:
    text, left_out = "", 0
    for block in blocks:
        if len(text) + len(block) > _ROOM:
            left_out += 1
        else:
            text += block
    if left_out:
        text += f"\n_{left_out} sections do not fit a comment and are left out; `fleet diff` shows them all._\n"
    return text


def _summary(diffs: Sequence[StackDiff]) -> str:
    lines = ["", "| stack | resources | restarts | policies |", "|---|---|---|---|"]
    for diff in diffs:
        restarts = f"{len(diff.restarts)}, up to {diff.restart_s} s" if diff.restarts else "none"
        resources = _text(presence_text(diff) or counts(diff))
        lines.append(f"| **{_text(diff.stack)}** | {resources} | {restarts} | {policy_counts(diff)} |")
    seconds = f"\nSeconds: {HOW}.\n" if any(diff.restarts for diff in diffs) else ""
    return "\n".join(lines) + f"\n{seconds}"


def _data(diff: StackDiff) -> Iterator[str]:
    warnings = [
        f"- :warning: {change.kind} {_text(kind_of(change.type))} {_code(change.name)} {change.warning}"
        for change in diff.resources
        if change.warning
    ]
    yield from _sections(f"{diff.stack}: data", warnings)


def _violations(diff: StackDiff) -> Iterator[str]:
    mandatory = [_result(result) for result in diff.policies.new if result.level == "mandatory"]
    yield from _sections(f"{diff.stack}: {plural(len(mandatory), 'new policy violation')}", mandatory)


def _machine(diff: StackDiff) -> Iterator[str]:
    machine = [
        *(line for name, pair in (diff.cards or {}).items() if pair.differs for line in _cards(name, pair)),
        *([f"- RAM: {memory_text(diff)}"] if diff.memory.differs else []),
        *(f"- port {_code(line)}" for line in port_lines(diff.ports)),
        *([f"- {cost_text(diff.usd)}"] if diff.usd.differs else []),
    ]
    yield from _sections(f"{diff.stack}: machine and cost", machine)


def _restarts(diff: StackDiff) -> Iterator[str]:
    restarts = [
        f"- {wave_text(restart)}: {_code(restart.container)} {effect_text(restart)}" for restart in diff.restarts
    ]
    yield from _sections(f"{diff.stack}: {plural(len(restarts), 'container')} to stop or start", restarts)


def _resources(diff: StackDiff) -> Iterator[str]:
    yield from _sections(f"{diff.stack}: {counts(diff)}", [line for c in in_order(diff) for line in _change(c)])


def _advisories(diff: StackDiff) -> Iterator[str]:
    advisory = [_result(result) for result in diff.policies.new if result.level != "mandatory"]
    yield from _sections(f"{diff.stack}: {plural(len(advisory), 'new advisory result')}", advisory)
    waived = [_result(result) for result in diff.policies.waived]
    yield from _sections(f"{diff.stack}: {len(waived)} newly waived", waived)


def _old_results(diff: StackDiff) -> Iterator[str]:
    fixed = [_result(result) for result in diff.policies.fixed]
    yield from _sections(f"{diff.stack}: {plural(len(fixed), 'policy result')} fixed", fixed)
    same = [_result(result) for result in diff.policies.unchanged]
    yield from _sections(f"{diff.stack}: {plural(len(same), 'policy result')} unchanged", same, fold=True)


_BY_WEIGHT = (_data, _violations, _machine, _restarts, _advisories, _resources, _old_results)
"""The sections of a stack; each of them for all stacks before the next: first what may be lost."""


def _sections(title: str, lines: Sequence[str], *, fold: bool = False) -> Iterator[str]:
    """A section; a long one is folded, and a very long one in parts, so that one part may be left out alone."""
    size, part = 0, list[str]()
    parts = []
    for line in lines:
        if size + len(line) > LIMIT // 4 and part:
            parts.append(part)
            size, part = 0, []
        size += len(line) + 1
        part.append(line)
    parts += [part] if part else []
    for number, piece in enumerate(parts, 1):
        name = title if len(parts) == 1 else f"{title} ({number} of {len(parts)})"
        body = "\n".join(piece)
        if fold or len(piece) > _OPEN:
            yield f"\n<details><summary>{_html(name)}</summary>\n\n{body}\n\n</details>\n"
        else:
            yield f"\n#### {_text(name)}\n\n{body}\n"


def _change(change: ResourceChange) -> Iterator[str]:
    why = f", because of {named([_code(reason) for reason in change.why])}" if change.why else ""
    yield f"- {_code(MARKS[change.kind])} {change.kind} {_text(kind_of(change.type))} {_code(change.name)}{why}"
    for field in change.fields:
        yield f"  - {_code(field_text(field, _FIELD_LENGTH))}"


def _cards(name: str, pair: Pair[Card]) -> Iterator[str]:
    yield "```text"
    for label, card in (("before", pair.before), ("after", pair.after)):
        if card is None:
            yield f"{_line(card_title(name))} {label:<6} no such card"
            continue
        used = card.capacity_mib - card.free_mib
        filled = round(_BAR * used / card.capacity_mib)
        bar = "█" * min(filled, _BAR) + "░" * max(_BAR - filled, 0)
        figures = f"{thousands(used)} of {thousands(card.capacity_mib)} MiB"
        yield f"{_line(card_title(name))} {label:<6} {bar} {figures}   {_line(card.model)}"
    yield "```"


def _result(result: PolicyResult) -> str:
    place = f" {_code(result.source)}" if result.source else ""
    return f"- **{result.id}** {result.name} ({standing(result)}){place}: {_text(result.message)}"


def _line(text: str) -> str:
    """One line without a tick: it would end the code that it stands in."""
    return " ".join(text.replace("`", "'").split())


def _code(text: str) -> str:
    """As code, whatever it holds."""
    return f"`{_line(text)}`"


def _text(text: str) -> str:
    """Text that is no markup: it may come from a file of whoever opened the pull request."""
    return re.sub(r"([\\*_\[\]!#~|])", r"\\\1", _html(text))


def _html(text: str) -> str:
    # A zero-width space after @: nobody is notified.
    return html.escape(_line(text), quote=False).replace("@", "@\u200b")
