"""`fleet schema`: generate schemas/ from the models."""

from __future__ import annotations

import click

from cli.terminal import Exit, UserError, project_root


@click.command()
@click.option("--check", is_flag=True, help="Fail if a file is out of date; write nothing")
def schema(check: bool) -> Exit:
    """Generate schemas/, which editors use to complete and check the YAML files."""
    from cli.writing import write_files
    from fleet.schema.build import schemas

    folder = project_root() / "schemas"
    stale = {
        name: text
        for name, text in schemas().items()
        if not (folder / name).is_file() or (folder / name).read_text(encoding="utf-8") != text
    }
    if check and stale:
        msg = f"schemas/{', schemas/'.join(stale)}: out of date; run `fleet schema`"
        raise UserError(msg)
    write_files({folder / name: text.encode() for name, text in stale.items()}, "make the folder writable")
    for name in stale:
        print(f"schemas/{name}: written")
    if not stale:
        print("schemas/: up to date")
    return Exit.GOOD
