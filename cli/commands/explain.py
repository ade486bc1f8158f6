"""`fleet explain`: the keys that decide a resource's values, the rules that read them, and what a change would do."""

from __future__ import annotations

import json
from dataclasses import asdict

from cli.explain.explain import explain as explain_resources
from cli.explain.stack import NotFoundError, planned
from cli.terminal import Exit, UserError, console, project_root


def explain(stack: str, resource: str, field: str | None, *, as_json: bool) -> Exit:
    """Explains a field, or all fields."""
    try:
        found = explain_resources(planned(project_root(), stack), resource, field)
    except NotFoundError as error:
        raise UserError(str(error)) from None
    if as_json:
        print(json.dumps({"stack": stack, "resources": [asdict(one) for one in found]}, indent=2))
        return Exit.GOOD
    from cli.view.explain_text import show

    show(console(), found, whole=field is None)
    return Exit.GOOD
