"""The `fleet` command: what can be asked. Each command imports what it needs when it runs."""

import gc
import os
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from cli import completing
from cli.new_app import starting
from cli.terminal import guarded

app = typer.Typer(
    name="fleet",
    help="Container groups of AI agents on whatever machines you have: check, preview, judge.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
policies = typer.Typer(help="The rules a deployment is judged by.", no_args_is_help=True)
app.add_typer(policies, name="policy")
app.add_typer(starting, name="new")
exports = typer.Typer(help="The same deployment in another tool's files.", no_args_is_help=True)
app.add_typer(exports, name="export")
rollouts = typer.Typer(help="The next step of a rollout, written into the stack's file.", no_args_is_help=True)
app.add_typer(rollouts, name="rollout")

# No `from __future__ import annotations` here: Typer would evaluate each one again, twice, at every start.
Stack = Annotated[
    str, typer.Argument(help="Name of a stack: the part between Pulumi. and .yaml", autocompletion=completing.stacks)
]
OneStack = Annotated[str | None, typer.Argument(help="Only this stack", autocompletion=completing.stacks)]
Group = Annotated[str, typer.Argument(help="Name of a container group", autocompletion=completing.groups)]
GroupOfStack = Annotated[
    str, typer.Argument(help="Name of a container group", autocompletion=completing.groups_of_stack)
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object")]


class Form(StrEnum):
    """How a drawing is written."""

    MERMAID = "mermaid"
    SVG = "svg"


WithoutGpu = Annotated[bool, typer.Option("--without-gpu", help="As on a machine without GPUs: none is asked for")]


@app.command()
def validate(
    stack: OneStack = None,
) -> None:
    """Find every error of the configuration."""
    _run("validate", "validate", stack)


@app.command()
def plan(
    stack: Stack,
    as_json: AsJson = False,
    without_gpu: WithoutGpu = False,
    no_policy: Annotated[bool, typer.Option("--no-policy", help="Do not judge by the policies")] = False,
    policy_config: Annotated[
        Path | None,
        typer.Option("--policy-config", help="Levels and settings, as --policy-pack-config takes them"),
    ] = None,
) -> None:
    """Preview a stack offline: what will exist, what it takes of the machine, what the policies say."""
    _run(
        "plan",
        "plan",
        stack,
        as_json=as_json,
        judged=not no_policy,
        without_gpu=without_gpu,
        policy_config=policy_config,
    )


@app.command()
def verify(
    stack: Stack,
    as_json: AsJson = False,
    without_gpu: WithoutGpu = False,
    retries: Annotated[
        int, typer.Option("--retries", min=0, help="More looks, 3 s apart, at containers that are not healthy yet")
    ] = 10,
) -> None:
    """Compare what runs on a stack's machine with its plan; changes nothing. Exit code 4 when something is wrong."""
    _run("verify", "verify", stack, as_json=as_json, without_gpu=without_gpu, retries=retries)


@app.command()
def doctor(
    stack: Stack,
    as_json: AsJson = False,
) -> None:
    """Find what a machine lacks for its stack; changes nothing. Exit code 4 when a deployment would not work."""
    _run("doctor", "doctor", stack, as_json=as_json)


@app.command()
def capabilities(
    as_json: AsJson = False,
) -> None:
    """What each target does, changes or cannot do for each feature of a group."""
    _run("capabilities", "capabilities", as_json=as_json)


@app.command()
def move(
    group: Group,
    to: Annotated[str, typer.Option("--to", help="Stack it would move to", autocompletion=completing.stacks)],
    as_json: AsJson = False,
) -> None:
    """Show what changes when a group moves to another machine; changes nothing. Exit code 2 where it could not stay."""
    _run("move", "move", group, to, as_json=as_json)


@app.command()
def cost(
    stack: OneStack = None,
    as_json: AsJson = False,
) -> None:
    """What a month costs at idle, expected and maximum load, each figure with its arithmetic."""
    _run("cost", "cost", stack, as_json=as_json)


@app.command()
def diff(
    stacks: Annotated[
        list[str] | None,
        typer.Argument(help="Stacks to compare; all where none is named", autocompletion=completing.stacks),
    ] = None,
    base: Annotated[
        str | None,
        typer.Option("--base", help="Commit to compare with; otherwise where this branch left main"),
    ] = None,
    as_json: AsJson = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print a comment for a pull request")] = False,
    sarif: Annotated[bool, typer.Option("--sarif", help="Print the policy results for code scanning")] = False,
) -> None:
    """Show what a change of the project does to each stack, from offline plans of both sides; changes nothing."""
    forms = [form for form, asked in (("json", as_json), ("markdown", markdown), ("sarif", sarif)) if asked]
    if len(forms) > 1:
        msg = f"--{' and --'.join(forms)} exclude each other; name one"
        raise typer.BadParameter(msg)
    _run("diff", "diff", stacks or [], base=base, form=forms[0] if forms else "text")


@app.command()
def report(
    file: Annotated[Path, typer.Option("-o", "--output", help="The page; - prints it")] = Path("fleet-report.html"),
    base: Annotated[str | None, typer.Option("--base", help="Also show what differs from this commit")] = None,
) -> None:
    """One page of the whole fleet: drawing, memory, waves, endpoints, policies, costs. It reaches no network."""
    _run("report", "report", file, base=base)


@app.command()
def graph(
    stack: OneStack = None,
    form: Annotated[Form, typer.Option("--format", help="For Markdown, or as a picture")] = Form.MERMAID,
) -> None:
    """Draw the fleet: machines, groups in the waves they start in, and who may connect to whom."""
    _run("report", "graph", stack, form=form.value)


@app.command()
def explain(
    stack: Stack,
    resource: Annotated[
        str,
        typer.Argument(
            help="A resource by its logical name, a container's own or a group", autocompletion=completing.resources
        ),
    ],
    field: Annotated[str | None, typer.Argument(help="Only this field, such as memory or spec.replicas")] = None,
    as_json: AsJson = False,
) -> None:
    """Where a resource's values come from, which rules read them, and what would change them."""
    _run("explain", "explain", stack, resource, field, as_json=as_json)


@app.command()
def schema(
    check: Annotated[bool, typer.Option("--check", help="Only tell whether they are up to date")] = False,
) -> None:
    """Renew schemas/ from the models, so that editors complete and check the YAML files."""
    _run("schema", "schema", check=check)


@exports.command("compose")
def export_compose(
    stack: Stack,
    folder: Annotated[Path, typer.Option("-o", "--output", help="Folder that gets compose.yaml; - prints it")] = Path(
        "-"
    ),
    without_gpu: WithoutGpu = False,
) -> None:
    """One Compose file, made from what the Pulumi program would register."""
    _run("export", "export_compose", stack, folder, without_gpu=without_gpu)


@exports.command("kubernetes")
def export_kubernetes(
    stack: Stack,
    folder: Annotated[
        Path, typer.Option("-o", "--output", help="Folder that gets a file a group; - prints them as one")
    ] = Path("-"),
    without_gpu: WithoutGpu = False,
) -> None:
    """Plain manifests, the very objects that the Pulumi program would register."""
    _run("export", "export_kubernetes", stack, folder, without_gpu=without_gpu)


@exports.command("helm")
def export_helm(
    stack: Stack,
    folder: Annotated[Path, typer.Option("-o", "--output", help="Folder that gets the chart")],
    without_gpu: WithoutGpu = False,
) -> None:
    """A Helm chart with values for images, resources, copies, hosts and tenants."""
    _run("export", "export_helm", stack, folder, without_gpu=without_gpu)


@exports.command("knative")
def export_knative(
    stack: Stack,
    folder: Annotated[
        Path, typer.Option("-o", "--output", help="Folder that gets a file a service; - prints them as one")
    ] = Path("-"),
    without_gpu: WithoutGpu = False,
) -> None:
    """The services of a Cloud Run stack for any cluster that has Knative Serving."""
    _run("export", "export_knative", stack, folder, without_gpu=without_gpu)


@rollouts.command("next")
def rollout_next(
    stack: Stack,
    group: GroupOfStack,
    image: Annotated[
        str | None,
        typer.Option("--image", help="Image of a new version's main container: starts its rollout"),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Before the step's pause is over; an image of any name")
    ] = False,
) -> None:
    """Start a new version, or give the one on its way its next share of the requests."""
    _run("rollout", "rollout_next", stack, group, image=image, force=force)


@rollouts.command("promote")
def rollout_promote(
    stack: Stack,
    group: GroupOfStack,
    force: Annotated[bool, typer.Option("--force", help="Before it gets all requests, or its pause is over")] = False,
) -> None:
    """Keep the new version: it is the one that counts, and the old one ends."""
    _run("rollout", "rollout_promote", stack, group, force=force)


@rollouts.command("abort")
def rollout_abort(stack: Stack, group: GroupOfStack) -> None:
    """Go back to the old version: the new one ends."""
    _run("rollout", "rollout_abort", stack, group)


@policies.command("list")
def policy_list() -> None:
    """Every rule with its level."""
    _run("policy", "policy_list")


@policies.command("explain")
def policy_explain(
    rule: Annotated[
        str, typer.Argument(help="Id of a rule, such as A01", metavar="ID", autocompletion=completing.rules)
    ],
) -> None:
    """What a rule wants, why, where it comes from and how to satisfy it."""
    _run("policy", "policy_explain", rule)


@policies.command("docs")
def policy_docs(
    check: Annotated[bool, typer.Option("--check", help="Only tell whether it is up to date")] = False,
) -> None:
    """Renew docs/policies.md from the rules."""
    _run("policy", "policy_docs", check=check)


@policies.command("waivers")
def policy_waivers(as_json: AsJson = False) -> None:
    """Every rule that a group of the fleet may break, why, and until when."""
    _run("policy", "policy_waivers", as_json=as_json)


def _run(module: str, command: str, *arguments: object, **options: object) -> None:
    """Runs `cli.commands.<module>.<command>`; importing it is guarded like running it."""
    guarded(lambda: getattr(import_module(f"cli.commands.{module}"), command)(*arguments, **options))


def main() -> None:
    """Entry point."""
    # A command lives for a second: looking for cycles costs it more than the memory they hold.
    gc.disable()
    # No plugin of pydantic is used, and looking for some reads the metadata of every installed package.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    app()
