"""`fleet schema`: writes schemas/ from the models."""

from __future__ import annotations

from cli.terminal import Exit, UserError, project_root
from fleet.schema.build import schemas


def schema(*, check: bool) -> Exit:
    """Writes each schema that differs; with `check`, only tells."""
    folder = project_root() / "schemas"
    stale = {
        name: text
        for name, text in schemas().items()
        if not (folder / name).is_file() or (folder / name).read_text(encoding="utf-8") != text
    }
    if check and stale:
        msg = f"schemas/{', schemas/'.join(stale)}: older than the models; run `fleet schema`"
        raise UserError(msg)
    folder.mkdir(exist_ok=True)
    for name, text in stale.items():
        (folder / name).write_text(text, encoding="utf-8")
        print(f"schemas/{name}: written")
    if not stale:
        print("schemas/: up to date")
    return Exit.GOOD
