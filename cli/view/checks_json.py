"""Checks as one JSON object, for programs. Keys are stable."""

from __future__ import annotations

import json
from collections.abc import Sequence

from cli.diagnostics.check import Check, counts


def checks_json(stack: str, checks: Sequence[Check]) -> str:
    """`stack`; `checks`: `subject`, `check`, `status`, `figure`, `mend` of each; `summary`: status -> how many."""
    told = {
        "stack": stack,
        "checks": [
            {
                "subject": check.subject,
                "check": check.check,
                "status": str(check.status),
                "figure": check.figure,
                "mend": check.mend,
            }
            for check in checks
        ],
        "summary": {str(status): number for status, number in counts(checks).items()},
    }
    return json.dumps(told, indent=2)
