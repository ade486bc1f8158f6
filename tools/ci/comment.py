"""Reports what a pull request changes, in one comment that every push updates.

python -m tools.ci.comment NUMBER FILE
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from cli.terminal import Exit, guarded
from tools.ci.github import Repository, fitted, is_ours, marker

MARK = marker("diff")


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(prog="python -m tools.ci.comment", description="Comment on a pull request.")
    parser.add_argument("number", type=int, help="of the pull request")
    parser.add_argument("file", type=Path, help="Markdown to show")
    arguments = parser.parse_args()
    guarded(lambda: _main(arguments.number, arguments.file))


def _main(number: int, file: Path) -> Exit:
    print(write_comment(Repository.of(os.environ), number, file.read_text(encoding="utf-8")))
    return Exit.GOOD


def write_comment(repository: Repository, number: int, text: str) -> str:
    """Posts or updates the comment, and returns which."""
    body = fitted(MARK, text, repository.run_url)
    ours = [item for item in repository.items(f"issues/{number}/comments") if is_ours(item, MARK)]
    if not ours:
        made = repository.send("POST", f"issues/{number}/comments", {"body": body})
        return f"comment {made['id']} posted"
    if ours[0]["body"] == body:
        return f"comment {ours[0]['id']} is up to date"
    repository.send("PATCH", f"issues/comments/{ours[0]['id']}", {"body": body})
    return f"comment {ours[0]['id']} updated"


if __name__ == "__main__":
    main()
