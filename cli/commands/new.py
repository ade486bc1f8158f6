"""`fleet new`: scaffold a valid group, machine or policy."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from pkgutil import iter_modules

import click

from cli import completing
from cli.scaffold import machines
from cli.terminal import Exit, UserError, project_root
from cli.writing import write_files

_RULE_ID = re.compile(r"^[A-Z]\d{2}$")
_TARGETS = tuple(module.name for module in iter_modules(machines.__path__))
_name_argument = click.argument("name", help="Lower-case words joined by hyphens")


@click.group()
def new() -> None:
    """Create a valid file to start from."""


@new.command()
@_name_argument
@click.option(
    "--system",
    default="assistant",
    show_default=True,
    help="Subfolder of groups/",
    shell_complete=completing.systems,
)
def group(name: str, system: str) -> Exit:
    """Create a container group in groups/<system>/."""
    _ensure_name(name, "group")
    _ensure_name(system, "system")
    root = project_root()
    for same in sorted(root.glob(f"groups/*/{name}.yaml")):
        raise _taken(same.relative_to(root).as_posix())
    from cli.scaffold.group import group_text

    file = f"groups/{system}/{name}.yaml"
    _write(root, {file: group_text(name)})
    _next(
        f"edit {file}",
        f'add "- {name}" under fleet:groups of a Pulumi.<stack>.yaml, and drop `optional: true`',
        "fleet validate, then fleet plan <stack>",
    )
    return Exit.GOOD


@new.command()
@_name_argument
@click.option(
    "--target",
    type=click.Choice(_TARGETS),
    default="docker",
    show_default=True,
    help="Target of the machine",
)
def machine(name: str, target: str) -> Exit:
    """Create a machine and its stack in Pulumi.<name>.yaml."""
    _ensure_name(name, "machine")
    root, file = project_root(), f"Pulumi.{name}.yaml"
    if (root / file).exists():
        raise _taken(file)
    from cli.scaffold.machine import machine_text, next_steps
    from fleet.load.project import load_project
    from fleet.model import Target
    from fleet.network.tenants import free_subnets

    subnet = next(free_subnets(load_project(root).fleet), None)
    _write(root, {file: machine_text(name, Target(target), subnet)})
    _next(*next_steps(name, Target(target)))
    return Exit.GOOD


@new.command()
@_name_argument
@click.option("--id", "rule_id", help="A letter and two digits (default: the next free X id)")
def policy(name: str, rule_id: str | None) -> Exit:
    """Create a rule in policy/rules/ and its test."""
    from cli.scaffold.policy import policy_texts
    from policy.engine.catalogue import rules

    _ensure_name(name, "policy")
    root, known = project_root(), {rule.id: rule for rule in rules()}
    wanted = rule_id or next(x for n in range(1, 100) if (x := f"X{n:02}") not in known)
    if not _RULE_ID.match(wanted):
        msg = f'invalid rule id "{wanted}"; use a letter and two digits, such as X07'
        raise UserError(msg)
    same = known.get(wanted) or next((rule for rule in known.values() if rule.name == name), None)
    if same:
        msg = f"{same.policy_name} already exists; use another {'id' if same.id == wanted else 'name'}"
        raise UserError(msg)
    stem = f"{wanted.lower()}_{name.replace('-', '_')}"
    rule_text, test_text = policy_texts(wanted, name)
    rule_file, test_file = f"policy/rules/{stem}.py", f"tests/policy/rules/test_{stem}.py"
    _write(root, {rule_file: rule_text, test_file: test_text})
    _next(
        f"edit {rule_file} and {test_file}",
        f"python -m pytest {test_file}",
        f"add {wanted}-{name} to EXPECTED in tests/policy/engine/test_catalogue.py, and run make policies",
    )
    return Exit.GOOD


def _ensure_name(name: str, what: str) -> None:
    from fleet.model.base import NAME_LENGTH_MAX, NAME_PATTERN

    if not re.match(NAME_PATTERN, name) or not 2 <= len(name) <= NAME_LENGTH_MAX:
        msg = f'invalid {what} name "{name}"; use lower-case words joined by hyphens, 2 to {NAME_LENGTH_MAX} characters'
        raise UserError(msg)


def _write(root: Path, texts: Mapping[str, str]) -> None:
    """Creates files; none if one of them exists or cannot be written."""
    for file in texts:
        if (root / file).exists():
            raise _taken(file)
    fix = "use another name, or make the folder writable and free space"
    write_files({root / file: text.encode() for file, text in texts.items()}, fix, new=True)
    for file in texts:
        print(f"{file}: written")


def _taken(file: str) -> UserError:
    return UserError(f"{file}: already exists; use another name")


def _next(*steps: str) -> None:
    print("next:", *(f"{number}. {step}" for number, step in enumerate(steps, start=1)), sep="\n  ")
