"""`fleet explain`: where a container's values come from, and who reads them."""

from __future__ import annotations

import json
from dataclasses import asdict

from cli.commands.plan import run_offline
from cli.explaining import Explained, NotFoundError, explained
from cli.terminal import Exit, UserError, project_root

_ORIGINS = {
    "written": "written at {place}",
    "default": "a default: {key} is not written; it would stand below {place}",
    "computed": "computed by the plan: no key of a file decides it alone",
}


def explain(stack: str, resource: str, field: str | None, *, as_json: bool) -> Exit:
    """Explains one field, or each that a key decides."""
    run = run_offline(project_root(), stack, {})
    try:
        found = explained(run, resource, field)
    except NotFoundError as error:
        raise UserError(str(error)) from None
    if as_json:
        print(json.dumps({"stack": stack, "fields": [asdict(one) for one in found]}, indent=2))
    else:
        print("\n".join(line for one in found for line in _lines(one)))
    return Exit.GOOD


def _lines(one: Explained) -> list[str]:
    lines = [f"{one.resource} {one.field} = {one.value}"]
    lines.append(f"  from     {_ORIGINS[one.origin].format(place=one.place, key=one.key)}")
    if one.note:
        lines.append(f"           {one.note}")
    if one.key:
        lines.append(f"  change   {one.key}")
    lines.append(f"  read by  {', '.join(one.rules) or 'no rule'}")
    return lines
