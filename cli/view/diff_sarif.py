"""Policy results as SARIF 2.1.0: a finding at the line of YAML that caused it, for code scanning."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from cli.diff.model import VIOLATION, WAIVED, PolicyResult, StackDiff
from cli.view.diff_words import short
from policy.engine.catalogue import rules

RESULTS_MAX = 5_000
"""Results of a run that GitHub shows; it refuses one with more than 25,000 (docs.github.com, "SARIF results exceed one
or more limits", read 2026-11-21)."""

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {"mandatory": "error", "remediate": "error", "advisory": "warning"}
_WORST_FIRST = ("error", "warning", "note", "none")
_TEXT_MAX = 2_000
_TAGS_MAX = 10
"""Tags of a rule that GitHub shows."""

_FINGERPRINTS = ("fleetPolicy/v1", "primaryLocationLineHash")
"""GitHub knows a finding again by the second alone; where there is none, it hashes the line, whose text may change."""

Node = dict[str, Any]


def sarif(diffs: Sequence[StackDiff]) -> str:
    """All results of this side, the worst first. `baselineState` says which the change brings; a waived one is
    suppressed, with its reason; one that cannot be judged before `up` is open."""
    counted: Counter[str] = Counter()
    results = []
    for diff in diffs:
        policies = diff.policies
        for state, found in (("new", (*policies.new, *policies.waived)), ("unchanged", policies.unchanged)):
            results += [_result(diff.stack, result, state, counted) for result in found]
    results.sort(key=lambda result: (_WORST_FIRST.index(result["level"]), result["baselineState"]))
    kept, rest = results[:RESULTS_MAX], len(results) - RESULTS_MAX
    told = {result["ruleId"] for result in kept}
    run = {
        "tool": {"driver": {"name": "fleet", "rules": [rule for rule in _rules() if rule["id"] in told]}},
        "automationDetails": {"id": "fleet-policy/"},
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": True, **(_left_out(rest) if rest > 0 else {})}],
        "results": kept,
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


def _left_out(count: int) -> Node:
    text = f"{count} results that weigh least are left out: code scanning shows {RESULTS_MAX} of a run"
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


def _result(stack: str, result: PolicyResult, state: str, counted: Counter[str]) -> Node:
    file, _, line = (result.source or f"Pulumi.{stack}.yaml:1").rpartition(":")
    if not line.isdigit():
        file, line = result.source or "", "1"
    place = {"artifactLocation": {"uri": quote(file)}, "region": {"startLine": int(line)}}
    return {
        "ruleId": result.id,
        **_standing(result),
        "message": {"text": short(f"{stack}: {result.message}", _TEXT_MAX)},
        "locations": [{"physicalLocation": place}],
        "partialFingerprints": dict.fromkeys(_FINGERPRINTS, _fingerprint(stack, result, counted)),
        "baselineState": state,
    }


def _standing(result: PolicyResult) -> Node:
    if result.kind == WAIVED:
        why = {"kind": "external", "status": "accepted", "justification": result.waived}
        return {"level": "note", "suppressions": [why]}
    if result.kind != VIOLATION:
        return {"kind": "open", "level": "none"}
    return {"level": _LEVELS.get(result.level, "note")}


def _fingerprint(stack: str, result: PolicyResult, counted: Counter[str]) -> str:
    """The same as long as the rule, the container and the field are: lines and figures may move."""
    key = "\n".join((stack, *result.about))
    counted[key] += 1
    return hashlib.sha256(f"{key}\n{counted[key]}".encode()).hexdigest()
