"""Keeps one issue about drift: opened when a stack drifts, renewed while it does, closed once none does.

python -m tools.ci.issue FOLDER --result RESULT

RESULT is that of the jobs that compared: `success` where all of them did, and found nothing. FOLDER holds a Markdown
file for each stack that differs from what was deployed, or could not be compared; none where there is no such stack.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

from cli.terminal import Exit, guarded
from tools.ci.github import Repository, fitted, is_ours, marker

MARK = marker("drift")
TITLE = "Machines differ from what was deployed"


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(prog="python -m tools.ci.issue", description="Keep the issue about drift.")
    parser.add_argument("folder", type=Path, help="a Markdown file for each stack that drifted")
    parser.add_argument("--result", required=True, help="of the jobs that compared")
    arguments = parser.parse_args()
    guarded(lambda: _main(arguments.folder, arguments.result))


def _main(folder: Path, result: str) -> Exit:
    reports = [file.read_text(encoding="utf-8") for file in sorted(folder.rglob("*.md"))]
    if not reports and result != "success":
        # A job that broke before it compared must not pass for a machine that is as it should be.
        reports = [f"No stack could be compared: the jobs ended with `{result}`."]
    print(keep_issue(Repository.of(os.environ), reports))
    return Exit.GOOD


def keep_issue(repository: Repository, reports: Sequence[str]) -> str:
    """Opens, renews or closes the issue; says which."""
    issues = repository.items("issues?state=open")
    ours = next((item for item in issues if "pull_request" not in item and is_ours(item, MARK)), None)
    if not reports:
        return _close(repository, ours["number"]) if ours else "no stack drifted"
    source = f"Found by {repository.run_url}\n\n" if repository.run_url else ""
    body = fitted(MARK, source + "\n\n".join(reports), repository.run_url)
    if ours is None:
        made = repository.send("POST", "issues", {"title": TITLE, "body": body})
        return f"issue {made['number']} opened"
    repository.send("PATCH", f"issues/{ours['number']}", {"body": body})
    return f"issue {ours['number']} renewed"


def _close(repository: Repository, number: int) -> str:
    run = f" ({repository.run_url})" if repository.run_url else ""
    repository.send("POST", f"issues/{number}/comments", {"body": f"No stack differs any more{run}."})
    repository.send("PATCH", f"issues/{number}", {"state": "closed", "state_reason": "completed"})
    return f"issue {number} closed"


if __name__ == "__main__":
    main()
