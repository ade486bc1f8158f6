"""Maintains one issue about drift: opened when a stack drifts, updated while it does, closed once none does.

python -m tools.ci.issue FOLDER --stacks STACKS

STACKS is the output of `tools.ci.stacks`, empty if it failed. FOLDER holds a Markdown file per stack, which is empty if
the stack has not drifted. A stack without a file could not be compared.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Sequence
from pathlib import Path

from cli.terminal import Exit, guarded
from tools.ci.github import Repository, fitted, is_ours, marker

MARK = marker("drift")
TITLE = "Machines differ from what was deployed"


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(prog="python -m tools.ci.issue", description="Maintain the issue about drift.")
    parser.add_argument("folder", type=Path, help="a Markdown file per compared stack")
    parser.add_argument("--stacks", required=True, help="a JSON list of the stacks to compare")
    arguments = parser.parse_args()
    guarded(lambda: _main(arguments.folder, arguments.stacks))


def _main(folder: Path, stacks: str) -> Exit:
    print(keep_issue(Repository.of(os.environ), reports(folder, stacks)))
    return Exit.GOOD


def reports(folder: Path, stacks: str) -> list[str]:
    """A report for each stack that drifted, and for each whose job failed before comparing.

    A failed job must not look like a stack without drift.
    """
    if not stacks:
        return ["No stack was compared, because the list of stacks could not be made; see the run."]
    found = {file.stem: file.read_text(encoding="utf-8") for file in folder.rglob("*.md")}
    broken = "## {}: not compared\n\nIts job failed first; see the run."
    texts = [found.get(stack, broken.format(stack)) for stack in json.loads(stacks)]
    return [text for text in texts if text.strip()]


def keep_issue(repository: Repository, reports: Sequence[str]) -> str:
    """Opens, updates or closes the issue, and returns which."""
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
    return f"issue {ours['number']} updated"


def _close(repository: Repository, number: int) -> str:
    run = f" ({repository.run_url})" if repository.run_url else ""
    repository.send("POST", f"issues/{number}/comments", {"body": f"No stack differs any more{run}."})
    repository.send("PATCH", f"issues/{number}", {"state": "closed", "state_reason": "completed"})
    return f"issue {number} closed"


if __name__ == "__main__":
    main()
