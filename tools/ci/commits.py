"""Checks the subjects of commits: one line of at most 72 characters, which `git log --oneline` shows whole.

python -m tools.ci.commits BASE HEAD          # the commits of a pull request
python -m tools.ci.commits --message FILE     # a message, as a commit-msg hook gets it
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

SUBJECT_MAX = 72


def main() -> int:
    """Prints a line for each fault. Exit code 2 if there is one."""
    parser = argparse.ArgumentParser(prog="python -m tools.ci.commits", description="Check the subjects of commits.")
    parser.add_argument("--message", type=Path, metavar="FILE", help="check this message")
    parser.add_argument("range", nargs="*", metavar="BASE HEAD", help="check the commits between two")
    arguments = parser.parse_args()
    if arguments.message:
        messages = {"the message": arguments.message.read_text(encoding="utf-8")}
    elif len(arguments.range) == 2:
        messages = dict(messages_between(*arguments.range))
    else:
        parser.error("give BASE and HEAD, or --message FILE")
    faults = [f"{commit}: {fault}" for commit, message in messages.items() if (fault := fault_of(message))]
    print(*faults, sep="\n", end="\n" if faults else "", file=sys.stderr)
    return 2 if faults else 0


def fault_of(message: str) -> str:
    """What is wrong with a message and what to do, or an empty string. Lines that start with `#` are git's comments."""
    subject, *rest = [line.rstrip() for line in message.splitlines() if not line.startswith("#")] or [""]
    if not subject:
        return "the subject is empty; say what the commit changes"
    if len(subject) > SUBJECT_MAX:
        return f'the subject has {len(subject)} characters ("{subject}"); use at most {SUBJECT_MAX}'
    if rest and rest[0]:
        return f'the line after the subject is not empty ("{rest[0]}"); leave it empty'
    return ""


def messages_between(base: str, head: str) -> Iterator[tuple[str, str]]:
    """(abbreviated commit, message) of every commit from base to head, without merges."""
    command = ["git", "log", "-z", "--no-merges", "--format=%h%n%B", "--end-of-options", f"{base}..{head}"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603  (git's own arguments)
    for entry in done.stdout.split("\0"):
        commit, _, message = entry.partition("\n")
        if commit:
            yield commit, message


if __name__ == "__main__":
    sys.exit(main())
