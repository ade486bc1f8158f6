"""The stacks that the pipeline deploys, in the order of their groups' dependencies.

python -m tools.ci.stacks

Prints `stacks=[...]`, as GITHUB_OUTPUT takes it. FLEET_STACKS names them; it may be empty.
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
    """The wanted stacks, each after those that its groups depend on.

    Raises UserError on an unknown stack or a sandbox, which is deployed by hand on its user's machine.
    """
    names = sorted(set(wanted.replace(",", " ").split()))
    deployable = sorted(name for name, stack in fleet.stacks.items() if not stack.sandbox)
    for name in names:
        if name not in deployable:
            msg = f"{VARIABLE}: {name} is not a stack to deploy; use {', '.join(deployable)}"
            raise UserError(msg)
    home = {group: name for name in deployable for group in fleet.stacks[name].groups}
    for needs in (_starts_after_or_talks_to, _starts_after):
        after = {name: {home[group] for group in needs(fleet, name) & home.keys()} - {name} for name in deployable}
        # Machines may talk both ways; then only start order decides.
        if not find_cycle(after):
            order = waves(after)
            return sorted(names, key=lambda name: (order[name], name))
    # If groups wait for each other crosswise, no order satisfies both: sort by name.
    return names


def _starts_after(fleet: Fleet, stack: str) -> set[str]:
    return {earlier for group in fleet.stacks[stack].groups for earlier in fleet.groups[group].start_after}


def _starts_after_or_talks_to(fleet: Fleet, stack: str) -> set[str]:
    peers = {peer.partition("/")[0] for group in fleet.stacks[stack].groups for peer in fleet.groups[group].peers}
    return _starts_after(fleet, stack) | peers


if __name__ == "__main__":
    main()
