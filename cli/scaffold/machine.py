"""The file of a new machine."""

from __future__ import annotations

from importlib import import_module
from ipaddress import IPv4Network
from types import ModuleType

from cli.terminal import UserError
from fleet.model import Target
from fleet.targets.registry import profile

_HEAD = """\
# yaml-language-server: $schema=schemas/stack.schema.json
config:
  # Every resource names its provider, so that none comes from the environment.
  pulumi:disable-default-providers: ["*"]
  fleet:machine:
    name: {name}
    title: {title}
"""


def machine_text(name: str, target: Target, subnet: IPv4Network | None) -> str:
    """A machine without groups. Raises UserError if its template needs a subnet and none is free."""
    body = _template(target).BODY
    if subnet is None and "{subnet}" in body:
        msg = "10.210.0.0/16: no free /24 subnet; free one, or write the stack file by hand with another subnet"
        raise UserError(msg)
    # Google Cloud limits project ids to 30 characters.
    project = f"my-{name}-project"[:30].rstrip("-")
    title = name.replace("-", " ").capitalize()
    text: str = _HEAD + body
    return text.format(name=name, title=title, subnet=subnet, project=project, network=name.replace("-", "_"))


def next_steps(name: str, target: Target) -> tuple[str, ...]:
    """What to do with the file."""
    return (
        f"edit Pulumi.{name}.yaml: its connection and {_template(target).EDIT}",
        f"fleet validate, then fleet plan {name}",
        *([f"fleet doctor {name}"] if profile(target).has_daemon else []),
    )


def _template(target: Target) -> ModuleType:
    return import_module(f"cli.scaffold.machines.{target}")
