"""Policy results as SARIF 2.1.0 for code scanning, each at the YAML line that causes it."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from urllib.parse import quote

from cli.diff.model import VIOLATION, WAIVED, PolicyResult, StackDiff
from cli.view.diff_words import short
from cli.view.failure import SARIF_SCHEMA, Node
from fleet.text import plural
from policy.engine.catalogue import rules

RESULTS_MAX = 5_000
"""Results of a run shown by GitHub; it rejects more than 25,000 (docs.github.com, "SARIF results exceed one or more
limits", read 2026-11-21)."""


_LEVELS = {"mandatory": "error", "remediate": "error", "advisory": "warning"}
_WORST_FIRST = ("error", "warning", "note", "none")
_TEXT_MAX = 2_000
_TAGS_MAX = 10
"""Tags of a rule shown by GitHub."""

_FINGERPRINTS = ("fleetPolicy/v1", "primaryLocationLineHash")
"""GitHub matches results by the second alone; without it, by a hash of the line, which may change."""


def sarif(diffs: Sequence[StackDiff]) -> str:
    """All results of this side, the worst first. `baselineState` marks the new ones; waived results are suppressed,
    with their reason; results that cannot be judged at preview are open."""
    seen: Counter[str] = Counter()
    results = []
    for diff in diffs:
        policies = diff.policies
        results += [_result(diff.stack, result, "new", seen) for result in (*policies.new, *policies.waived)]
        results += [_result(diff.stack, result, "unchanged", seen) for result in policies.unchanged]
    results.sort(key=lambda result: (_WORST_FIRST.index(result["level"]), result["baselineState"]))
    kept, rest = results[:RESULTS_MAX], len(results) - RESULTS_MAX
    used = {result["ruleId"] for result in kept}
    run = {
        "tool": {"driver": {"name": "fleet", "rules": [rule for rule in _rules() if rule["id"] in used]}},
        "automationDetails": {"id": "fleet-policy/"},
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": True, **(_omitted(rest) if rest > 0 else {})}],
        "results": kept,
    }
    return json.dumps({"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


def _omitted(count: int) -> Node:
    text = f"{plural(count, 'result')} omitted, the least severe: code scanning shows {RESULTS_MAX} of a run"
    return {"toolExecutionNotifications": [{"level": "warning", "message": {"text": text}}]}


def _rules() -> list[Node]:
    return [
        {
            "id": rule.id,
            "name": rule.name,
            "shortDescription": {"text": rule.summary},
            "fullDescription": {"text": rule.summary},
            "help": {"text": rule.remedy},
            "defaultConfiguration": {"level": _LEVELS.get(rule.level, "note")},
            "properties": {"tags": list(rule.sources[:_TAGS_MAX])},
        }
        for rule in rules()
    ]


def _result(stack: str, result: PolicyResult, state: str, seen: Counter[str]) -> Node:
    file, _, line = (result.source or f"Pulumi.{stack}.yaml:1").rpartition(":")
    if not line.isdigit():
        file, line = result.source or "", "1"
    place = {"artifactLocation": {"uri": quote(file)}, "region": {"startLine": int(line)}}
    return {
        "ruleId": result.id,
        **_level(result),
        "message": {"text": short(f"{stack}: {result.message}", _TEXT_MAX)},
        "locations": [{"physicalLocation": place}],
        "partialFingerprints": dict.fromkeys(_FINGERPRINTS, _fingerprint(stack, result, seen)),
        "baselineState": state,
    }


def _level(result: PolicyResult) -> Node:
    if result.kind == WAIVED:
        why = {"kind": "external", "status": "accepted", "justification": result.waived}
        return {"level": "note", "suppressions": [why]}
    if result.kind != VIOLATION:
        return {"kind": "open", "level": "none"}
    return {"level": _LEVELS.get(result.level, "note")}


def _fingerprint(stack: str, result: PolicyResult, seen: Counter[str]) -> str:
    """Depends on rule, container and field, not on lines and figures, which may change."""
    key = "\n".join((stack, *result.about))
    seen[key] += 1
    return hashlib.sha256(f"{key}\n{seen[key]}".encode()).hexdigest()
