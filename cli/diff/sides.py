"""Both sides of a comparison: every stack's plan at a base, and in the working tree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from cli.diff.base import Base, find_base, tree_at
from cli.diff.compare import compare_stack
from cli.diff.model import StackDiff
from cli.diff.reading import OUR_CODE, Reading, has_code, read_tree, stacks_of
from fleet.errors import UserError
from fleet.suggest import suggestion

Readings = Mapping[str, Reading]


def both_sides(
    root: Path, base: str | None, stacks: Sequence[str], policy_config: Path | None = None
) -> tuple[Base, Readings, Readings]:
    """The base, and the readings there and here. stacks: all if empty. Raises UserError for an unknown name."""
    # Both are planned in other folders.
    options = ("--policy-config", str(policy_config.resolve())) if policy_config else ()
    compared, here = find_base(root, base), stacks_of(root)
    with ThreadPoolExecutor(1) as pool:
        # Started first: git takes a while to lay out the base.
        after = pool.submit(
            read_tree, root, [stack for stack in here if not stacks or stack in stacks], OUR_CODE, options
        )
        with tree_at(root, compared) as tree:
            there = stacks_of(tree)
            if unknown := [stack for stack in stacks if stack not in here and stack not in there]:
                names = ", ".join(f'"{name}"' for name in unknown)
                msg = f"unknown stack {names} here and at {compared.title}; {suggestion(unknown[0], here)}"
                raise UserError(msg)
            old = [stack for stack in there if not stacks or stack in stacks]
            # Plan the base with its own code, to show changes of the renderers.
            before = read_tree(tree, old, tree if has_code(root) else OUR_CODE, options)
        return compared, before, after.result()


def differences(before: Readings, after: Readings) -> list[StackDiff]:
    """Every stack of either side, compared."""
    return [compare_stack(name, before.get(name), after.get(name)) for name in sorted({*before, *after})]
