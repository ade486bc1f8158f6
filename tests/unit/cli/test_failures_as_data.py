"""Every command with `--json` or `--sarif` prints valid JSON also when it fails."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import click

from cli.group import app
from tests.unit.builders import swap
from tests.unit.cli.running import Answer, fleet, shipped, write_program

_VALUES = {"stack": "pc2", "resource": "mcp", "group": "mcp", "to": "mainpc", "rule": "A01"}
"""Parameter -> a value that a command accepts."""

_SEE_NO_PROJECT = (("capabilities",), ("policy", "list"), ("policy", "explain"))


def _commands(command: click.Command = app, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """(words of a command with its required arguments, `--json` or `--sarif`)."""
    if isinstance(command, click.Group):
        for name in command.commands:
            yield from _commands(command.commands[name], (*path, name))
        return
    forms = {"--json", "--sarif"}.intersection(option for parameter in command.params for option in parameter.opts)
    words = list(path)
    for parameter in command.params:
        if forms and parameter.required and parameter.name:
            words += [parameter.opts[0]] if isinstance(parameter, click.Option) else []
            words.append(_VALUES[parameter.name])
    for form in forms:
        yield tuple(words), form


COMMANDS = sorted(_commands())


def failure(answer: Answer, form: str) -> tuple[str, list[str]]:
    """The message as data, and the files named; the exit code is the data's own."""
    data = json.loads(answer.out)
    if form == "--json":
        assert (data["exit_code"], set(data)) == (answer.code, {"error", "exit_code", "faults"})
        return data["error"], [f"{fault['file']}:{fault['line']}: {fault['path']}" for fault in data["faults"]]
    (run,) = data["runs"]
    (call,) = run["invocations"]
    assert (call["executionSuccessful"], call["exitCode"], run["results"]) == (False, answer.code, [])
    notes = call["toolConfigurationNotifications"]
    files = [
        f"{place['artifactLocation']['uri']}:{place['region']['startLine']}: {note['message']['text'].split(': ')[1]}"
        for note in notes
        for place in (found["physicalLocation"] for found in note.get("locations", ()))
    ]
    return "\n".join(note["message"]["text"] for note in notes), files


def test_there_are_commands_to_try() -> None:
    assert {words[0] for words, _ in COMMANDS} >= {
        *("plan", "cost", "diff", "explain", "move", "policy", "rollout", "validate", "verify")
    }
    assert {form for _, form in COMMANDS} == {"--json", "--sarif"}


def _wrong(folder: Path, *more: str, code: int = 2, skip: tuple[tuple[str, ...], ...] = ()) -> list[str]:
    """What is wrong with the failure of each command, run in a folder with these words."""
    wrong = []
    for words, form in COMMANDS:
        if words[:2] in skip:
            continue
        answer = fleet(folder, *words, form, *more)
        try:
            message, _ = failure(answer, form)
            assert answer.code == code
            assert message
            assert answer.err
        except (AssertionError, ValueError, LookupError) as error:
            wrong.append(f"{' '.join(words)} {form}: {type(error).__name__}: {error} ({answer})")
    return wrong


def test_outside_a_project(tmp_path: Path) -> None:
    assert _wrong(tmp_path, skip=_SEE_NO_PROJECT) == []


def test_a_wrong_command_line(tmp_path: Path) -> None:
    assert _wrong(tmp_path, "--nonsense") == []


def test_a_wrong_command_is_data_too(tmp_path: Path) -> None:
    for words in (("nonsense", "--json"), ("--nonsense", "plan", "--json"), ("plan", "--json")):
        assert failure(fleet(tmp_path, *words), "--json")[0], words


def test_faults_of_files_are_listed_with_their_places(tmp_path: Path) -> None:
    project = write_program(tmp_path, pc2=swap("cpus: 12", "cpus: many"), vision_gpu=swap("limit: 6GiB", "limit: lots"))
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "x"]):
        who = ["-c", "user.name=x", "-c", "user.email=x@example.org"]
        subprocess.run(["git", *who, *words], cwd=project, check=True, capture_output=True)
    for words, form in COMMANDS:
        if words[:2] in _SEE_NO_PROJECT:
            continue
        answer = fleet(project, *words, form)
        _, files = failure(answer, form)
        assert answer.code == 2, words
        assert [file.partition(": ")[2] for file in files] == ["machine.cpus", "containers.main.gpu.limit"], (
            words,
            answer,
        )
        assert files[0].startswith("Pulumi.pc2.yaml:"), words


def test_an_internal_error_is_data_with_its_own_exit_code(tmp_path: Path) -> None:
    answer = fleet(write_program(tmp_path, main="1 / 0\n"), "plan", "pc2", "--json")
    assert answer.code == 1
    assert failure(answer, "--json")[0].startswith("fleet: internal error: ZeroDivisionError")


def test_a_secret_is_hidden(tmp_path: Path) -> None:
    token = "ghp_" + "a1B2" * 9
    answer = fleet(write_program(tmp_path), "plan", token, "--json")
    assert answer.code == 2
    assert token not in answer.out


def test_a_result_has_no_error() -> None:
    assert "error" not in json.loads(shipped("plan", "pc2", "--json").out)
