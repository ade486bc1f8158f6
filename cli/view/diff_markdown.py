"""A difference as a pull request comment within GitHub's limit: the most important sections first."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence

from cli.diff.model import Card, Pair, PolicyResult, ResourceChange, StackDiff
from cli.diff.restarts import HOW
from cli.view import diff_words as words
from cli.view.memory import of_compared_card
from fleet.text import plural

LIMIT = 65_536
"""Characters of a comment: GitHub's API refuses a longer one ("body is too long (maximum is 65536 characters)")."""

_ROOM = LIMIT - 300
"""Leaves room for the note on omitted sections."""

_BAR = 40
_FIELD_LENGTH = 200
_OPEN = 12
"""Longest section that is not folded, in lines."""


def diff_markdown(diffs: Sequence[StackDiff], base: str) -> str:
    """The whole comment; the least important sections are omitted if it is too long."""
    differing = [diff for diff in diffs if not diff.is_empty]
    blocks = [f"### fleet diff\n\nCompared with {_code(base)} by offline plans.\n"]
    blocks += [_summary(differing)] if differing else ["\nNo stack differs.\n"]
    blocks += ["".join(f"\n{_text(line)}\n" for line in words.moves(diffs))]
    blocks += [block for section in _SECTIONS for diff in differing for block in section(diff)]
    same = [_text(diff.stack) for diff in diffs if diff.is_empty]
    if same and differing:
        blocks.append(f"\nNo differences: {', '.join(same)}\n")
    text, omitted = "", 0
    for block in blocks:
        if len(text) + len(block) > _ROOM:
            omitted += 1
        else:
            text += block
    note = f"\n_{plural(omitted, 'section')} omitted: too long for a comment; run `fleet diff` to see all._\n"
    return text + note if omitted else text


def _summary(diffs: Sequence[StackDiff]) -> str:
    lines = ["", "| stack | resources | restarts | policies |", "|---|---|---|---|"]
    for diff in diffs:
        resources = _text(words.presence_text(diff) or words.counts(diff))
        restarts, policies = words.restarts_text(diff), words.policy_counts(diff)
        lines.append(f"| **{_text(diff.stack)}** | {resources} | {restarts} | {policies} |")
    seconds = f"\nSeconds: {HOW}.\n" if any(diff.restarts for diff in diffs) else ""
    return "\n".join(lines) + f"\n{seconds}"


def _data(diff: StackDiff) -> Iterator[str]:
    warnings = [
        f"- :warning: {change.kind} {_text(words.kind_of(change.type))} {_code(change.name)} {change.warning}"
        for change in diff.resources
        if change.warning
    ]
    yield from _section(f"{diff.stack}: data", warnings)


def _violations(diff: StackDiff) -> Iterator[str]:
    results = [result for result in diff.policies.new if result.level == "mandatory"]
    yield from _results(f"{diff.stack}: {plural(len(results), 'new policy violation')}", results)


def _machine(diff: StackDiff) -> Iterator[str]:
    machine = [
        *(line for name, pair in (diff.cards or {}).items() if pair.differs for line in _cards(name, pair)),
        *([f"- RAM: {words.memory_text(diff)}"] if diff.memory.differs else []),
        *(f"- port {_code(line)}" for line in words.port_lines(diff.ports)),
        *([f"- {words.cost_text(diff.usd)}"] if diff.usd.differs else []),
    ]
    yield from _section(f"{diff.stack}: machine and cost", machine)


def _restarts(diff: StackDiff) -> Iterator[str]:
    lines = [f"- {words.wave_text(r)}: {_code(r.container)} {words.effect_text(r)}" for r in diff.restarts]
    yield from _section(f"{diff.stack}: {plural(len(lines), 'container')} to stop or start", lines)


def _resources(diff: StackDiff) -> Iterator[str]:
    lines = [line for change in words.in_order(diff) for line in _change(change)]
    yield from _section(f"{diff.stack}: {words.counts(diff)}", lines)


def _other_results(diff: StackDiff) -> Iterator[str]:
    advisory = [result for result in diff.policies.new if result.level != "mandatory"]
    yield from _results(f"{diff.stack}: {plural(len(advisory), 'new advisory result')}", advisory)
    yield from _results(f"{diff.stack}: {len(diff.policies.waived)} newly waived", diff.policies.waived)


def _old_results(diff: StackDiff) -> Iterator[str]:
    fixed, same = diff.policies.fixed, diff.policies.unchanged
    yield from _results(f"{diff.stack}: {plural(len(fixed), 'policy result')} fixed", fixed)
    yield from _results(f"{diff.stack}: {plural(len(same), 'policy result')} unchanged", same, fold=True)


_SECTIONS = (_data, _violations, _machine, _restarts, _other_results, _resources, _old_results)
"""Most important first; each for all stacks before the next."""


def _section(title: str, lines: Sequence[str], *, fold: bool = False) -> Iterator[str]:
    """A section. A long one is folded; a very long one is split, so that parts of it can be omitted."""
    size, parts = 0, list[list[str]]()
    for line in lines:
        if not parts or size + len(line) > LIMIT // 4:
            parts.append([])
            size = 0
        size += len(line) + 1
        parts[-1].append(line)
    for number, part in enumerate(parts, 1):
        name = title if len(parts) == 1 else f"{title} ({number} of {len(parts)})"
        body = "\n".join(part)
        if fold or len(part) > _OPEN:
            yield f"\n<details><summary>{_html(name)}</summary>\n\n{body}\n\n</details>\n"
        else:
            yield f"\n#### {_text(name)}\n\n{body}\n"


def _results(title: str, results: Sequence[PolicyResult], *, fold: bool = False) -> Iterator[str]:
    lines = [
        f"- **{result.id}** {result.name} ({words.level_text(result)})"
        f"{f' {_code(result.source)}' if result.source else ''}: {_text(result.message)}"
        for result in results
    ]
    yield from _section(title, lines, fold=fold)


def _change(change: ResourceChange) -> Iterator[str]:
    why = f", because of {words.named([_code(reason) for reason in change.why])}" if change.why else ""
    kind = _text(words.kind_of(change.type))
    yield f"- {_code(words.MARKS[change.kind])} {change.kind} {kind} {_code(change.name)}{why}"
    for field in change.fields:
        yield f"  - {_code(words.field_text(field, _FIELD_LENGTH))}"


def _cards(name: str, pair: Pair[Card]) -> Iterator[str]:
    yield "```text"
    for side, card in (("before", pair.before), ("after", pair.after)):
        label = f"{_line(words.card_title(name))} {side:<6}"
        if card is None:
            yield f"{label} none"
            continue
        filled = min(max(round(_BAR * (card.capacity_mib - card.free_mib) / card.capacity_mib), 0), _BAR)
        yield f"{label} {'█' * filled}{'░' * (_BAR - filled)} {_line(of_compared_card(card).figures)}"
    yield "```"


def _line(text: str) -> str:
    """One line without backticks, which would end a code span."""
    return " ".join(text.replace("`", "'").split())


def _code(text: str) -> str:
    return f"`{_line(text)}`"


def _text(text: str) -> str:
    """Escaped: the author of a pull request controls it."""
    return re.sub(r"([\\*_\[\]!#~|])", r"\\\1", _html(text))


def _html(text: str) -> str:
    # A zero-width space after @ prevents notifications.
    return html.escape(_line(text), quote=False).replace("@", "@\u200b")
