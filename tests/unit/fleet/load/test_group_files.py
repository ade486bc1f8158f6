"""Files of the project in containers: which are refused, and where the fault is."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from fleet.load.group_files import GROUP_BYTES_MAX
from fleet.load.project import load_project
from fleet.plan.planner import plan_stack
from fleet.source.faults import ConfigurationError
from fleet.source.project_files import FILE_BYTES_MAX, FILES_MAX
from tests.trial_cluster import write_trial

MAIN = {
    "image": {"reference": "a/gateway:1"},
    "memory": {"request": "64MiB"},
    "cpu": {"limit": 1},
    "health": {"command": ["true"]},
}
AT = "/etc/app/config.yaml"


def project(folder: Path, files: dict[str, bytes], named: dict[str, str], **main: Any) -> Path:
    """A project with these files, a group on a Docker machine that names some of them."""
    write_trial(folder, groups={"gate": {"containers": {"main": {**MAIN, "files": named, **main}}}}, on_host=["gate"])
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def faults(folder: Path) -> list[str]:
    """Every fault, as `file:line: path: problem; remedy`."""
    with pytest.raises(ConfigurationError) as caught:
        load_project(folder)
    return [f"{f.source}:{f.line}: {f.path}: {f.problem}; {f.remedy}" for f in caught.value.faults]


def test_a_file_and_the_files_of_a_folder_are_planned_by_path(tmp_path: Path) -> None:
    files = {"config/app.yaml": b"level: info\n", "config/more/a": b"\xff\x00", "config/more/in/b": b""}
    root = project(tmp_path, files, {AT: "config/app.yaml", "/etc/app.d": "config/more"})
    (container,) = plan_stack(load_project(root).fleet, "host").containers
    assert [(file.path, file.source, file.content) for file in container.files] == [
        ("/etc/app.d/a", "config/more/a", b"\xff\x00"),
        ("/etc/app.d/in/b", "config/more/in/b", b""),
        (AT, "config/app.yaml", b"level: info\n"),
    ]


def test_a_secret_is_refused_by_file_and_line_and_not_shown(tmp_path: Path) -> None:
    content = b"level: info\n\xff\npassword: hunter2hunter\n"
    files = {"config/a.yaml": b"level: info\napi_key: sk-abcdef4711abcdef4711\n", "config/in/b.yaml": content}
    found = faults(project(tmp_path, files, {AT: "config/a.yaml", "/etc/in": "config/in"}))
    assert [each.partition(" (")[0] for each in found] == [
        f"config/a.yaml:2: containers.main.files.{AT}: contains a secret value",
        "config/in/b.yaml:3: containers.main.files./etc/in: contains a secret value",
    ]
    assert not any(value in each for each in found for value in ("abcdef4711", "hunter2"))


def test_sources_that_cannot_be_copied_are_refused(tmp_path: Path) -> None:
    large = bytes(FILE_BYTES_MAX + 1)
    for name, problem in {
        "missing": "missing cannot be read (No such file or directory)",
        "link": 'link has a link ("link")',
        "linked/app.yaml": 'linked/app.yaml has a link ("linked")',
        "in": 'in has a link ("in/app.yaml")',
        "pipe": 'pipe cannot be read ("pipe" is not a regular file)',
        "empty": "empty is an empty folder",
        "large": f'large has {len(large)} bytes in "large", more than {FILE_BYTES_MAX}',
        "many": f"many has more than {FILES_MAX} files",
        "odd": 'odd has a file "a b" with other characters than letters, digits and ._@+-',
        "/etc/passwd": '"/etc/passwd" is not below the project\'s folder',
        "../x": '"../x" is not a plain path',
    }.items():
        folder = tmp_path / name.strip("/.").replace("/", "-")
        many = {f"many/{index}": b"" for index in range(FILES_MAX + 1)}
        files = {"real/app.yaml": b"x", "large": large, "odd/a b": b"x", **many}
        project(folder, files, {AT: name})
        (folder / "link").symlink_to("real/app.yaml")
        (folder / "linked").symlink_to("real")
        (folder / "in").mkdir()
        (folder / "in" / "app.yaml").symlink_to("/etc/passwd")
        (folder / "empty").mkdir()
        os.mkfifo(folder / "pipe")
        (found,) = faults(folder)
        assert problem in found, (name, found)
        assert found.startswith("groups/"), (name, found)


def test_a_group_s_files_fit_one_config_map(tmp_path: Path) -> None:
    half = bytes(FILE_BYTES_MAX)
    named = {f"/etc/app/{name}": f"config/{name}" for name in "abc"}
    files = {f"config/{name}": half for name in "abc"}
    (found,) = faults(project(tmp_path, files, named))
    size = 3 * FILE_BYTES_MAX
    assert f"containers: the files of its containers have {size} bytes, more than {GROUP_BYTES_MAX}" in found
    load_project(project(tmp_path / "less", files, {key: named[key] for key in ("/etc/app/a", "/etc/app/b")}))
