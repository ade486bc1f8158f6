"""`fleet explain`: the configuration keys that decide the values of a resource."""

from __future__ import annotations

import json

import click

from cli import completing
from cli.options import json_option, stack_argument
from cli.terminal import Exit, console, project_root


@click.command()
@stack_argument
@click.argument(
    "resource",
    help="A resource's logical name, a container or a group",
    shell_complete=completing.resources,
)
@click.argument("field", required=False, help="Only this field, such as memory or spec.replicas")
@json_option
def explain(stack: str, resource: str, field: str | None, as_json: bool) -> Exit:
    """Show where a resource's values come from, which rules read them and how to change them."""
    from dataclasses import asdict

    from cli.explain.explain import explain as explain_resources
    from cli.explain.stack import planned

    resources = explain_resources(planned(project_root(), stack), resource, field)
    if as_json:
        print(json.dumps({"stack": stack, "resources": [asdict(one) for one in resources]}, indent=2))
        return Exit.GOOD
    from cli.view.explain_text import show

    show(console(), resources, whole=field is None)
    return Exit.GOOD
