"""tools/ci/findings.py: keeps the findings of a SARIF file on standard input that code scanning should show as open.

GitHub does not honour `suppressions` (github.com/github/codeql-action/issues/1230): a waived finding would be an
open alert.
"""

from __future__ import annotations

import json
import sys


def shown(text: str) -> str:
    """The file without suppressed results; empty if it is, or of a run that failed: GitHub would close every alert."""
    if not text.strip():
        return ""
    found = json.loads(text)
    calls = [call for run in found.get("runs", ()) for call in run.get("invocations", ())]
    if not all(call["executionSuccessful"] for call in calls):
        return ""
    for run in found.get("runs", ()):
        run["results"] = [result for result in run["results"] if not result.get("suppressions")]
    return json.dumps(found, indent=2)


if __name__ == "__main__":
    print(shown(sys.stdin.read()), end="")
