"""Policy results as SARIF 2.1.0: a finding at the line of YAML that caused it, for code scanning."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

from cli.diff.model import PolicyResult, StackDiff
from policy.catalogue import rules

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {"mandatory": "error", "remediate": "error", "advisory": "warning"}
_FINGERPRINT = "fleetPolicy/v1"


def sarif(diffs: Sequence[StackDiff]) -> str:
    """All results of this side. `baselineState` says which the change brings."""
    counted: Counter[str] = Counter()
    results = []
    for diff in diffs:
        for state, found in (("new", diff.policies.new), ("unchanged", diff.policies.unchanged)):
            results += [_result(diff.stack, result, state, counted) for result in found]
    told = {result["ruleId"] for result in results}
    run = {
        "tool": {"driver": {"name": "fleet", "rules": [rule for rule in _rules() if rule["id"] in told]}},
        "automationDetails": {"id": "fleet-policy/"},
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


def _rules() -> list[dict[str, Any]]:
    return [
        {
            "id": rule.id,
            "name": rule.name,
            "shortDescription": {"text": rule.summary},
            "help": {"text": rule.remedy},
        }
        for rule in rules()
    ]


def _result(stack: str, result: PolicyResult, state: str, counted: Counter[str]) -> dict[str, Any]:
    file, _, line = (result.source or f"Pulumi.{stack}.yaml:1").rpartition(":")
    if not line.isdigit():
        file, line = result.source or "", "1"
    return {
        "ruleId": result.id,
        "level": _LEVELS.get(result.level, "note"),
        "message": {"text": f"{stack}: {result.message}"},
        "locations": [
            {"physicalLocation": {"artifactLocation": {"uri": file}, "region": {"startLine": int(line)}}},
        ],
        "partialFingerprints": {_FINGERPRINT: _fingerprint(stack, result, counted)},
        "baselineState": state,
    }


def _fingerprint(stack: str, result: PolicyResult, counted: Counter[str]) -> str:
    """The same as long as the rule, the container and the field are: lines and figures may move."""
    key = "\n".join((stack, result.id, result.resource, result.field))
    counted[key] += 1
    return hashlib.sha256(f"{key}\n{counted[key]}".encode()).hexdigest()
