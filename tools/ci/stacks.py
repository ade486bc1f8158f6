"""The stacks that the pipeline deploys, in the order in which their groups need each other.

python -m tools.ci.stacks

Prints `stacks=[...]`, as GITHUB_OUTPUT takes it. FLEET_STACKS names them; where it is empty, there are none.
"""

from __future__ import annotations

import json
import os
import sys

from cli.terminal import Exit, UserError, guarded, project_root
from fleet.load.project import load_project
from fleet.model import Fleet
from fleet.start_order import find_cycle, waves

VARIABLE = "FLEET_STACKS"


def main() -> None:
    """Entry point."""
    guarded(_main)


def _main() -> Exit:
    wanted = os.environ.get(VARIABLE, "")
    names = stacks_in_order(load_project(project_root()).fleet, wanted) if wanted.strip() else []
    if not names:
        print(f"{VARIABLE} names no stack: none is compared or deployed; see docs/pull-requests.md", file=sys.stderr)
    print(f"stacks={json.dumps(names)}")
    return Exit.GOOD


def stacks_in_order(fleet: Fleet, wanted: str) -> list[str]:
    """The wanted stacks, each after those whose groups its own start after.

    Raises UserError on a name that is no stack, or one of a sandbox, which belongs to the machine its user sits at.
    """
    names = sorted(set(wanted.replace(",", " ").split()))
    deployable = sorted(name for name, stack in fleet.stacks.items() if not stack.sandbox)
    for name in names:
        if name not in deployable:
            msg = f"{VARIABLE}: {name} is no stack to deploy; name some of {', '.join(deployable)}"
            raise UserError(msg)
    home = {group: name for name in deployable for group in fleet.stacks[name].groups}
    for needs in (_starts_after_or_talks_to, _starts_after):
        after = {name: {home[group] for group in needs(fleet, name) & home.keys()} - {name} for name in deployable}
        # Machines may talk both ways; then only what must start first counts.
        if not find_cycle(after):
            order = waves(after)
            return sorted(names, key=lambda name: (order[name], name))
    # Nor can each go before the other where groups wait for each other crosswise: the order is then the names'.
    return names


def _starts_after(fleet: Fleet, stack: str) -> set[str]:
    return {earlier for group in fleet.stacks[stack].groups for earlier in fleet.groups[group].start_after}


def _starts_after_or_talks_to(fleet: Fleet, stack: str) -> set[str]:
    peers = {peer.partition("/")[0] for group in fleet.stacks[stack].groups for peer in fleet.groups[group].peers}
    return _starts_after(fleet, stack) | peers


if __name__ == "__main__":
    main()
