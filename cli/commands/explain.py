"""`fleet explain`: where a resource's values come from, which rules read them, and what would change them."""

from __future__ import annotations

import json
from dataclasses import asdict

from cli.explain.explain import explain as explain_resources
from cli.explain.stack import NotFoundError, planned
from cli.terminal import Exit, UserError, console, project_root


def explain(stack: str, resource: str, field: str | None, *, as_json: bool) -> Exit:
    """Explains one field in full, or every field in a row."""
    try:
        found = explain_resources(planned(project_root(), stack), resource, field)
    except NotFoundError as error:
        raise UserError(str(error)) from None
    if as_json:
        print(json.dumps({"stack": stack, "resources": [asdict(one) for one in found]}, indent=2))
        return Exit.GOOD
    from cli.view.explain_text import show_fields, show_tables

    if field is None:
        show_tables(console(), found)
    else:
        show_fields(console(), found)
    return Exit.GOOD
