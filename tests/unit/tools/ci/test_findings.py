"""tools/ci/findings.py: what code scanning is shown."""

from __future__ import annotations

import json

from cli.view.failure import failure_sarif
from tools.ci.findings import shown


def test_a_run_that_failed_is_not_uploaded() -> None:
    """Without results, GitHub would close every alert."""
    assert shown(failure_sarif("no project", (), 2)) == ""
    assert shown("") == ""


def test_waived_results_are_left_out() -> None:
    results = [{"ruleId": "A01"}, {"ruleId": "A02", "suppressions": [{"kind": "external"}]}]
    run = {"invocations": [{"executionSuccessful": True}], "results": results}
    assert [found["ruleId"] for found in json.loads(shown(json.dumps({"runs": [run]})))["runs"][0]["results"]] == [
        "A01"
    ]
