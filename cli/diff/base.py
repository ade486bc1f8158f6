"""The project at another commit, in a temporary folder."""

from __future__ import annotations

import io
import os
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from shutil import rmtree
from subprocess import CompletedProcess

from cli.interrupts import captured, cleaned_up
from cli.terminal import UserError

_NO_REPOSITORY = b"not a git repository"


@dataclass(frozen=True)
class Base:
    """A commit to compare with, and how it was chosen."""

    commit: str
    how: str

    @property
    def title(self) -> str:
        """`0123456789 (main)`; without the parentheses if the commit was given by its hash."""
        short = self.commit[:10]
        return short if self.commit.startswith(self.how) else f"{short} ({self.how})"


def find_base(root: Path, ref: str | None) -> Base:
    """The commit of a reference; by default the merge base with main, else HEAD.

    Raises UserError if there is no such commit or no git repository.
    """
    found = _git(root, "rev-parse", "--git-dir")
    if found.returncode != 0 and _NO_REPOSITORY not in found.stderr:
        # Such as the folder of another user, with the command that allows it.
        msg = f"{root}: git cannot read it ({found.stderr.decode(errors='replace').strip()})"
        raise UserError(msg)
    if ref is not None:
        commit = _ask(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
        if commit is None:
            shallow = _ask(root, "rev-parse", "--is-shallow-repository") == "true"
            more = " (this clone is shallow: git fetch --unshallow)" if shallow else ""
            msg = f"--base: unknown commit {ref} of {root.name}; use a branch, a tag or a fetched commit{more}"
            raise UserError(msg)
        return Base(commit, ref)
    head = _ask(root, "rev-parse", "--verify", "--quiet", "HEAD")
    if head is None:
        msg = f"{root}: not a git repository with a commit; fleet diff needs one to compare with"
        raise UserError(msg)
    for main in ("origin/main", "main"):
        if commit := _ask(root, "merge-base", "HEAD", main):
            return Base(commit, f"merge base with {main}")
    return Base(head, "HEAD: no main to compare with")


@contextmanager
def tree_at(root: Path, base: Base) -> Iterator[Path]:
    """A temporary folder with the project's tracked files at a commit."""
    with tempfile.TemporaryDirectory(prefix="fleet-diff-") as folder, cleaned_up(partial(rmtree, folder)):
        # git archives its working directory alone; the project may be a subfolder of the repository.
        archive = _git(root, "archive", "--format=tar", base.commit)
        if archive.returncode != 0:
            reason = archive.stderr.decode(errors="replace").strip()
            msg = f"{base.title}: cannot read the project at this commit ({reason})"
            raise UserError(msg)
        with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as tar:
            tar.extractall(folder, filter="data")
        yield Path(folder).resolve()


def _ask(root: Path, *arguments: str) -> str | None:
    done = _git(root, *arguments)
    return done.stdout.decode().strip() or None if done.returncode == 0 else None


def _git(root: Path, *arguments: str) -> CompletedProcess[bytes]:
    try:
        # In English: its words are compared.
        return captured(["git", *arguments], root, {**os.environ, "LC_ALL": "C"})
    except FileNotFoundError:
        msg = "git is not on PATH; fleet diff needs it to read the base"
        raise UserError(msg) from None
