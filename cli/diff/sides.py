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


def both_sides(root: Path, base: str | None, stacks: Sequence[str]) -> tuple[Base, Readings, Readings]:
    """The base, and the readings there and here. stacks: all if empty. Raises UserError for an unknown name."""
    compared = find_base(root, base)
    with tree_at(root, compared) as tree, ThreadPoolExecutor(2) as pool:
        known = [stacks_of(side) for side in (tree, root)]
        unknown = [stack for stack in stacks if not any(stack in side for side in known)]
        if unknown:
            names = ", ".join(f'"{name}"' for name in unknown)
            msg = f"unknown stack {names} here and at {compared.title}; {suggestion(unknown[0], known[1])}"
            raise UserError(msg)
        old, new = ([stack for stack in side if not stacks or stack in stacks] for side in known)
        # Plan the base with its own code, to show changes of the renderers.
        before = pool.submit(read_tree, tree, old, tree if has_code(root) else OUR_CODE)
        after = pool.submit(read_tree, root, new, OUR_CODE)
        return compared, before.result(), after.result()


def differences(before: Readings, after: Readings) -> list[StackDiff]:
    """Every stack of either side, compared."""
    return [compare_stack(name, before.get(name), after.get(name)) for name in sorted({*before, *after})]
