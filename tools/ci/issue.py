"""Keeps one issue about drift: opened when a stack drifts, renewed while it does, closed once none does.

python -m tools.ci.issue FOLDER --stacks STACKS

STACKS is the list that `tools.ci.stacks` made, empty where it failed. FOLDER holds a Markdown file for each stack:
an empty one where all is as deployed. A stack without one could not be compared.
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
    parser = argparse.ArgumentParser(prog="python -m tools.ci.issue", description="Keep the issue about drift.")
    parser.add_argument("folder", type=Path, help="a Markdown file for each stack that was compared")
    parser.add_argument("--stacks", required=True, help="a JSON list of those that were to be compared")
    arguments = parser.parse_args()
    guarded(lambda: _main(arguments.folder, arguments.stacks))


def _main(folder: Path, stacks: str) -> Exit:
    print(keep_issue(Repository.of(os.environ), reports(folder, stacks)))
    return Exit.GOOD


def reports(folder: Path, stacks: str) -> list[str]:
    """What is to be said: of each stack that differs, and of each whose job broke before it compared.

    A job that broke must not pass for a machine that is as it should be.
    """
    if not stacks:
        return ["No stack could be compared, since the list of stacks could not be made; see the run."]
    found = {file.stem: file.read_text(encoding="utf-8") for file in folder.rglob("*.md")}
    broken = "## {}: not compared\n\nIts job broke before it could; see the run."
    said = [found.get(stack, broken.format(stack)) for stack in json.loads(stacks)]
    return [text for text in said if text.strip()]


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
