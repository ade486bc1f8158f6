"""Checks as JSON, with stable keys."""

from __future__ import annotations

import json
from collections.abc import Sequence

from cli.diagnostics.check import Check, counts

_KEYS = ("subject", "check", "status", "figure", "mend")


def checks_json(stack: str, checks: Sequence[Check]) -> str:
    """`stack`; `checks`: subject, check, status, figure and mend (the fix) of each; `summary`: status -> number."""
    rows = [{key: getattr(check, key) for key in _KEYS} for check in checks]
    return json.dumps({"stack": stack, "checks": rows, "summary": counts(checks)}, indent=2)
