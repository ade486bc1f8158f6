"""Why a command failed, as data: what `--json` and `--sarif` print in place of a result."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from fleet.source.faults import Fault
from fleet.source.redaction import redacted

SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"

Node = dict[str, Any]


def failure_json(text: str, faults: Sequence[Fault], code: int) -> str:
    """`error`: the message; `exit_code`; `faults`: those of files, as in `fault_node`."""
    data = {"error": redacted(text), "exit_code": int(code), "faults": [fault_node(fault) for fault in faults]}
    return json.dumps(data, indent=2)


def fault_node(fault: Fault) -> Node:
    """`file`, `line` (null for the whole file), `path`, `problem`, `remedy`, `detail`."""
    return {
        "file": fault.source,
        "line": fault.line,
        "path": fault.path,
        "problem": redacted(fault.problem),
        "remedy": redacted(fault.remedy),
        "detail": [redacted(line) for line in fault.detail],
    }


def fault_of(node: Node) -> Fault:
    """The fault that `fault_node` wrote."""
    file, line, path, problem, remedy = (node[key] for key in ("file", "line", "path", "problem", "remedy"))
    return Fault(file, line, path, problem, remedy, tuple(node["detail"]))


def failure_sarif(text: str, faults: Sequence[Fault], code: int) -> str:
    """A SARIF run that failed: without results, and with a notification for each fault."""
    notes = [_notification(fault) for fault in faults] or [{"level": "error", "message": {"text": redacted(text)}}]
    invocation = {"executionSuccessful": False, "exitCode": int(code), "toolConfigurationNotifications": notes}
    run = {"tool": {"driver": {"name": "fleet"}}, "invocations": [invocation], "results": []}
    return json.dumps({"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


def _notification(fault: Fault) -> Node:
    place: Node = {"artifactLocation": {"uri": quote(fault.source)}}
    if fault.line is not None:
        place["region"] = {"startLine": fault.line}
    return {
        "level": "error",
        "message": {"text": "\n".join(fault.lines())},
        "locations": [{"physicalLocation": place}],
    }
