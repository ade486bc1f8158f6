"""Both sides of a comparison: the plans of every stack at a base, and here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from cli.diff.base import Base, find_base, tree_at
from cli.diff.compare import compare_stack
from cli.diff.model import StackDiff
from cli.diff.reading import OUR_CODE, Reading, has_code, read_tree, stacks_of
from fleet.errors import UserError


def both_sides(
    root: Path, base: str | None, stacks: Sequence[str]
) -> tuple[Base, Mapping[str, Reading], Mapping[str, Reading]]:
    """The base, and each stack's reading there and here. Raises UserError for a base or a stack that is none."""
    compared = find_base(root, base)
    return compared, *_read(root, compared, stacks)


def differences(before: Mapping[str, Reading], after: Mapping[str, Reading]) -> list[StackDiff]:
    """Every stack of either side, compared."""
    return [compare_stack(name, before.get(name), after.get(name)) for name in sorted({*before, *after})]


def _read(root: Path, base: Base, stacks: Sequence[str]) -> tuple[Mapping[str, Reading], Mapping[str, Reading]]:
    """Both sides' readings, read at the same time."""
    with tree_at(root, base) as tree, ThreadPoolExecutor(2) as both:
        known = [stacks_of(side) for side in (tree, root)]
        unknown = [stack for stack in stacks if not any(stack in side for side in known)]
        if unknown:
            here = ", ".join(known[1]) or "none"
            msg = f"{', '.join(unknown)}: no stack here or at {base.title}; the stacks here are {here}"
            raise UserError(msg)
        wanted = [[stack for stack in side if not stacks or stack in stacks] for side in known]
        # The base's own code, so that a change of a renderer shows; configuration alone has one code for both sides.
        before = both.submit(read_tree, tree, wanted[0], tree if has_code(root) else OUR_CODE)
        after = both.submit(read_tree, root, wanted[1], OUR_CODE)
        return before.result(), after.result()
