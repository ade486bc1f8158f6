"""Files are written whole or not at all, and what somebody else wrote stays."""

from __future__ import annotations

import multiprocessing
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from cli.terminal import UserError
from cli.writing import copy_tree, replace_file, write_files, write_tree
from tests.unit.builders import ROOT
from tests.unit.cli.running import fleet, write_program

MARK = "Made by us"


def state(folder: Path) -> dict[str, bytes | None]:
    """Every file below a folder with its content; None for folders."""
    return {str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None for path in folder.rglob("*")}


def limited(size: int) -> Callable[[], None]:
    """Before a command starts: no file may grow beyond a size, as on a disk that is nearly full."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def run(project: Path, *words: str, before: Sequence[str] = (), **options: object) -> tuple[int, str]:
    """Exit code and standard error of a command in a process of its own."""
    done = subprocess.run(  # type: ignore[call-overload]
        [*before, sys.executable, "-c", "from cli.app import main; main()", *words],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
        **options,
    )
    return done.returncode, done.stderr


COMMANDS = (
    ("new", "group", "zz-top"),
    ("new", "group", "zz-top", "--system", "unheard-of"),
    ("new", "machine", "zz"),
    ("new", "policy", "no-zz"),
    ("schema",),
    ("policy", "docs"),
    ("report",),
    ("export", "compose", "pc2", "-o", "out/deep"),
)


def test_a_full_disk_leaves_what_was_there(tmp_path: Path) -> None:
    project = write_program(tmp_path / "project")
    (project / "fleet-report.html").write_text('<meta name="generator" content="fleet report">')
    before = state(project)
    for words in COMMANDS:
        code, err = run(project, *words, preexec_fn=limited(100))
        assert code == 2, (words, err)
        assert "cannot be written (File too large)" in err, (words, err)
        assert state(project) == before, words


def test_a_read_only_folder_is_reported(tmp_path: Path) -> None:
    """Root writes everywhere, so it is deprived of that."""
    as_any_user = ("setpriv", "--bounding-set=-dac_override") if os.geteuid() == 0 else ()
    if as_any_user and not shutil.which(as_any_user[0]):
        pytest.skip("as root it needs setpriv")
    project = write_program(tmp_path / "project")
    before = state(project)
    for path in (project, *project.rglob("*")):
        path.chmod(path.stat().st_mode & 0o555)
    for words in COMMANDS:
        code, err = run(project, *words, before=as_any_user)
        assert code == 2, (words, err)
        assert "cannot be written (Permission denied)" in err, (words, err)
        assert state(project) == before, words
    for path in (project, *project.rglob("*")):
        path.chmod(path.stat().st_mode | 0o200)


def test_all_files_or_none_with_modes_and_links_kept(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("old")
    (tmp_path / "real").chmod(0o640)
    (tmp_path / "link").symlink_to("real")
    (tmp_path / "folder").mkdir()
    before = state(tmp_path)
    with pytest.raises(UserError, match=r"folder: cannot be written \(Is a directory\); wish"):
        write_files({tmp_path / "link": b"new", tmp_path / "a/b/c": b"x", tmp_path / "folder": b"y"}, "wish")
    assert state(tmp_path) == before
    write_files({tmp_path / "link": b"new", tmp_path / "a/b/c": b"x"}, "wish")
    assert (tmp_path / "link").is_symlink()
    assert ((tmp_path / "real").read_bytes(), (tmp_path / "real").stat().st_mode & 0o777) == (b"new", 0o640)
    umask = os.umask(0)
    os.umask(umask)
    assert (tmp_path / "a/b/c").stat().st_mode & 0o777 == 0o666 & ~umask
    assert sorted(state(tmp_path)) == ["a", "a/b", "a/b/c", "folder", "link", "real"]


def test_a_new_file_never_replaces_one(tmp_path: Path) -> None:
    (tmp_path / "b").write_text("theirs")
    with pytest.raises(UserError, match="b: already exists; wish"):
        write_files({tmp_path / "a": b"1", tmp_path / "b": b"2"}, "wish", new=True)
    assert state(tmp_path) == {"b": b"theirs"}


def test_a_device_is_written_through(tmp_path: Path) -> None:
    assert fleet(ROOT, "report", "-o", "/dev/null").code == 0
    assert not Path("/dev/null").is_file()
    if Path("/dev/full").exists():
        with pytest.raises(UserError, match=r"/dev/full: cannot be written \(No space left on device\)"):
            write_files({Path("/dev/full"): b"x"}, "wish")


def test_what_the_command_did_not_write_is_not_overwritten(tmp_path: Path) -> None:
    for name, text in {"a.yaml": "theirs", "b.yaml": f"# {MARK}\nold", "empty.yaml": ""}.items():
        (tmp_path / name).write_text(text)
    before = state(tmp_path)
    files = {name: f"# {MARK}\nnew" for name in ("a.yaml", "b.yaml", "empty.yaml")}
    with pytest.raises(UserError, match=r"a\.yaml: not written by this command, so not overwritten"):
        write_tree(tmp_path, files, MARK)
    assert state(tmp_path) == before
    del files["a.yaml"]
    write_tree(tmp_path, files, MARK)
    assert state(tmp_path) == {"a.yaml": b"theirs", **{name: text.encode() for name, text in files.items()}}


def test_a_file_without_room_for_a_mark_belongs_to_the_others(tmp_path: Path) -> None:
    files = {"Chart.yaml": f"# {MARK}", "values.schema.json": "{}"}
    (tmp_path / "values.schema.json").write_text("{1}")
    with pytest.raises(UserError, match=r"values\.schema\.json: not written by"):
        write_tree(tmp_path, files, MARK)
    (tmp_path / "Chart.yaml").write_text(files["Chart.yaml"])
    write_tree(tmp_path, files, MARK)
    assert (tmp_path / "values.schema.json").read_text() == "{}"


def test_a_report_replaces_reports_alone(tmp_path: Path) -> None:
    project = write_program(tmp_path)
    stack = (project / "Pulumi.pc2.yaml").read_bytes()
    answer = fleet(project, "report", "-o", "Pulumi.pc2.yaml")
    assert answer.code == 2
    assert answer.err.startswith("Pulumi.pc2.yaml: not written by this command, so not overwritten; choose another")
    assert (project / "Pulumi.pc2.yaml").read_bytes() == stack
    assert [fleet(project, "report", "-o", "page.html").code for _ in range(2)] == [0, 0]


def test_an_export_replaces_no_files_of_others(tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text("services: {}\n")
    (tmp_path / "images/agent-host").mkdir(parents=True)
    answer = fleet(ROOT, "export", "compose", "pc2", "-o", str(tmp_path))
    assert (answer.code, (tmp_path / "compose.yaml").read_text()) == (2, "services: {}\n")
    (tmp_path / "compose.yaml").unlink()
    (tmp_path / "images/agent-host/Dockerfile").write_text("FROM theirs\n")
    with pytest.raises(UserError, match="images/agent-host/Dockerfile: not copied by this command"):
        copy_tree(tmp_path, ROOT, ["images/agent-host"])
    assert list(state(tmp_path / "images")) == ["agent-host", "agent-host/Dockerfile"]


def test_a_link_is_copied_as_a_link_as_often_as_asked(tmp_path: Path) -> None:
    source = tmp_path / "source"
    (source / "part").mkdir(parents=True)
    (source / "part/file").write_text("x")
    (source / "part/link").symlink_to("file")
    for _ in range(2):
        copy_tree(tmp_path / "copy", source, ["part"])
    assert (tmp_path / "copy/part/link").readlink() == Path("file")


def _replace(file: Path, number: int, start: object) -> None:
    start.wait()  # type: ignore[attr-defined]
    try:
        replace_file(file, b"old", b"new by %d" % number)
    except UserError as error:
        sys.exit(3 if "changed while fleet was running" in str(error) else 1)


def test_of_those_who_replace_a_file_at_once_one_succeeds_and_the_others_say_so(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    file = tmp_path / "Pulumi.pc.yaml"
    for _ in range(5):
        file.write_bytes(b"old")
        start = context.Barrier(8)
        processes = [context.Process(target=_replace, args=(file, number, start)) for number in range(8)]
        for process in processes:
            process.start()
        for process in processes:
            process.join()
        assert sorted(process.exitcode or 0 for process in processes) == [0, *[3] * 7]
        (winner,) = (number for number, process in enumerate(processes) if process.exitcode == 0)
        assert state(tmp_path) == {file.name: b"new by %d" % winner}


def test_an_output_is_not_written_where_the_configuration_is_read(tmp_path: Path) -> None:
    project = write_program(tmp_path / "project")
    before = state(project)
    for words in (
        ("export", "compose", "pc2", "-o", "groups"),
        ("export", "compose", "pc2", "-o", "groups/new"),
        ("report", "-o", "groups/assistant/page.yaml"),
        ("report", "-o", "Pulumi.new.yaml"),
    ):
        answer = fleet(project, *words)
        assert (answer.code, "fleet would read it as a" in answer.err) == (2, True), (words, answer)
        assert state(project) == before, words
