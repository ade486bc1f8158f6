"""`fleet rollout`: each step is a change of the stack's file, or a refusal with the fix."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

import cli.commands.rollout
from cli.terminal import UserError
from cli.writing import replace_file
from fleet.source import edit
from tests.trial_cluster import STACK, Tree, write_trial
from tests.unit.cli.running import Answer, fleet

NAME = "ghcr.io/owner/fleet/front"
OLD, NEW = f"{NAME}:0.1.0", f"{NAME}:0.2.0"
NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
SINCE = "2026-01-31T12:00:00Z"
BLUE_GREEN = {"front": {"rollout": {"strategy": "blue-green", "steps": None}}}
CLOUD: Tree = {
    "name": "cloud",
    "title": "Cloud",
    "class": "container-service",
    "target": "cloudrun",
    "connection": "gcp://owner-project",
    "cloud": {"project_number": 123456, "regions": ["europe-west1"], "services": {"front": {"size": "small"}}},
}


@pytest.fixture(autouse=True)
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    at(monkeypatch, NOON)


def at(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    monkeypatch.setattr(cli.commands.rollout, "_now", lambda: now)


def trial(folder: Path, state: Tree | None = None, **changes: Any) -> Path:
    """The trial fleet's folder; the front's rollout stands at `state`."""
    write_trial(folder, **({"rollouts": {"front": state}} if state else {}), **changes)
    (folder / "Pulumi.yaml").write_text("name: fleet\nruntime: python\n")
    return folder


def file_of(folder: Path) -> Path:
    return folder / f"Pulumi.{STACK}.yaml"


def rollouts(folder: Path) -> Any:
    return yaml.safe_load(file_of(folder).read_text())["config"].get("fleet:rollouts")


def step(folder: Path, *arguments: str) -> Answer:
    return fleet(folder, "rollout", arguments[0], STACK, "front", *arguments[1:])


def under_way(percent: int, **more: Any) -> Tree:
    return {"candidate": NEW, "percent": percent, **more}


MOVES: dict[str, tuple[Tree | None, tuple[str, ...], Tree | None]] = {
    "a canary starts with its first step": (None, ("next", "--image", NEW), under_way(10, since=SINCE)),
    "the next step": (under_way(10), ("next",), under_way(100, since=SINCE)),
    "the first step of one that gets nothing yet": (under_way(0), ("next",), under_way(10, since=SINCE)),
    "the next step once its pause is over": (
        under_way(10, since="2026-01-31T11:55:00Z"),
        ("next",),
        under_way(100, since=SINCE),
    ),
    "the next step before that": (under_way(10, since=SINCE), ("next", "--force"), under_way(100, since=SINCE)),
    "keep the new version": (under_way(100, since=SINCE), ("promote",), {"track": "green", "image": NEW}),
    "keep the version after that": (
        {"track": "green", "image": OLD, **under_way(100)},
        ("promote",),
        {"track": "blue", "image": NEW},
    ),
    "keep it early": (under_way(10, since=SINCE), ("promote", "--force"), {"track": "green", "image": NEW}),
    "back to the group's own": (under_way(10, since=SINCE), ("abort",), None),
    "back from all requests": (under_way(100), ("abort",), None),
    "back to a version that was kept": (
        {"track": "green", "image": OLD, **under_way(10)},
        ("abort",),
        {"track": "green", "image": OLD},
    ),
    "back after it was kept": (
        {"track": "green", "image": NEW},
        ("next", "--image", OLD),
        {"track": "green", "image": NEW, "candidate": OLD, "percent": 10, "since": SINCE},
    ),
    "an image of another name": (
        None,
        ("next", "--force", "--image", "example.org/other:1"),
        {"candidate": "example.org/other:1", "percent": 10, "since": SINCE},
    ),
}


@pytest.mark.parametrize("case", MOVES)
def test_a_step_is_written_into_the_file(case: str, tmp_path: Path) -> None:
    state, arguments, after = MOVES[case]
    answer = step(trial(tmp_path, state), *arguments)
    assert (answer.code, answer.err) == (0, "")
    assert rollouts(tmp_path) == ({"front": after} if after else None)
    assert f"pulumi up -s {STACK}" in answer.out


REFUSALS: dict[str, tuple[Tree | None, tuple[str, ...], str]] = {
    "nothing is on its way": (None, ("next",), "front has no rollout in progress; start one with next --image"),
    "nothing to keep": (None, ("promote",), "front has no rollout in progress"),
    "nothing to leave": (
        {"track": "green", "image": NEW},
        ("abort",),
        "start one with next --image REF; to roll back, use the old image",
    ),
    "what runs already": (None, ("next", "--image", OLD), f"front already runs {OLD}; choose another version"),
    "what is on its way": (under_way(10), ("next", "--image", NEW), "omit --image for its next step"),
    "another on its way": (
        under_way(10),
        ("next", "--image", f"{NAME}:3"),
        f"a rollout of {NEW} is already in progress; promote or",
    ),
    "no version": (None, ("next", "--image", NAME), f"{NAME} has no version; add a tag or a digest"),
    "an unknown name": (
        None,
        ("next", "--image", "localhost:5000/back:1"),
        f"is not a version of {NAME}, which front runs; correct the name, or use --force",
    ),
    "before its pause is over": (
        under_way(10, since="2026-01-31T11:57:30Z"),
        ("next",),
        "the pause of 5m at 10 percent has 2m 30s left; wait, or use --force; abort needs no wait",
    ),
    "no step": (under_way(17), ("next",), "17 percent is not a step of front (10, 100); set one of these"),
    "after the last step": (under_way(100), ("next",), "all requests already go to the new version; promote it"),
    "not all requests": (
        under_way(10),
        ("promote",),
        "of the requests go to the new version, 90 to the old one; continue to 100 with next, or use --force",
    ),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_what_is_no_step_is_refused_with_the_way_out(case: str, tmp_path: Path) -> None:
    state, arguments, says = REFUSALS[case]
    before = file_of(trial(tmp_path, state)).read_bytes()
    answer = step(tmp_path, *arguments)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith(f"Pulumi.{STACK}.yaml:")
    assert f"rollouts.front: {says}" in answer.err or says in answer.err
    assert file_of(tmp_path).read_bytes() == before


def test_blue_green_runs_both_and_then_moves_all_at_once(tmp_path: Path) -> None:
    trial(tmp_path, groups=BLUE_GREEN)
    seen = []
    for arguments in (("next", "--image", NEW), ("next",), ("promote",)):
        assert step(tmp_path, *arguments).code == 0
        seen.append(rollouts(tmp_path)["front"])
    assert [state.get("percent") for state in seen] == [0, 100, None]
    assert seen[-1] == {"track": "green", "image": NEW}
    answer = step(tmp_path, "next", "--image", OLD)
    assert answer.code == 0
    assert file_of(tmp_path).read_text().count(NEW) == 1


def test_a_service_of_cloud_run_moves_by_the_same_steps(tmp_path: Path) -> None:
    trial(tmp_path, groups={"left": None, "right": None, "brain": None, "store": None, "front": {"peers": None}})
    config = {
        "pulumi:disable-default-providers": ["*"],
        "fleet:machine": CLOUD,
        "fleet:images": {"registry": "ghcr.io/owner/fleet"},
        "fleet:groups": ["front"],
    }
    file_of(tmp_path).unlink()
    (tmp_path / "Pulumi.cloud.yaml").write_text(yaml.safe_dump({"config": config}, sort_keys=False))
    answer = fleet(tmp_path, "rollout", "next", "cloud", "front", "--image", NEW)
    assert (answer.code, answer.err) == (0, "")
    assert f"+      candidate: {NEW}" in answer.out.splitlines()


@pytest.mark.parametrize(
    ("group", "says"),
    [
        ("left", 'left has the strategy "rolling", which runs one version; set its rollout.strategy'),
        ("nobody", f'unknown group "nobody" of {STACK}; use one of brain, front, left, right, store'),
    ],
)
def test_a_group_without_two_versions_has_no_rollout(group: str, says: str, tmp_path: Path) -> None:
    answer = fleet(trial(tmp_path), "rollout", "next", STACK, group, "--image", NEW)
    assert answer.code == 2
    assert says in answer.err


def test_an_unknown_stack_is_refused(tmp_path: Path) -> None:
    answer = fleet(trial(tmp_path), "rollout", "abort", "nowhere", "front")
    assert answer.code == 2
    assert 'unknown stack "nowhere"; use one of trial' in answer.err


def test_a_step_that_the_stack_could_not_make_is_not_written(tmp_path: Path) -> None:
    trial(tmp_path, machine={"cluster": {"entrance": {"kind": "ingress"}}})
    before = file_of(tmp_path).read_bytes()
    answer = step(tmp_path, "next", "--image", NEW)
    assert answer.code == 2
    assert "10 percent requires a gateway that divides requests, and front has none" in answer.err
    assert file_of(tmp_path).read_bytes() == before


def test_what_changed_and_what_comes_next_is_shown(tmp_path: Path) -> None:
    answer = step(trial(tmp_path, under_way(10)), "next")
    assert answer.out.splitlines()[-4:] == [
        "",
        f"apply it: pulumi up -s {STACK}",
        f"then: fleet rollout promote {STACK} front",
        f"to roll back: fleet rollout abort {STACK} front",
    ]
    assert {"-      percent: 10", "+      percent: 100"} <= set(answer.out.splitlines())


def test_a_step_as_data(tmp_path: Path) -> None:
    data = json.loads(step(trial(tmp_path, under_way(10)), "next", "--json").out)
    assert rollouts(tmp_path)["front"]["percent"] == data["state"]["percent"] == 100
    assert "+      percent: 100" in data.pop("changes")
    data["state"] = sorted(data["state"])
    assert data == {
        "stack": STACK,
        "group": "front",
        "file": file_of(tmp_path).name,
        "state": ["candidate", "percent", "since"],
        "apply": f"pulumi up -s {STACK}",
        "next": f"fleet rollout promote {STACK} front",
        "pause_s": 0,
        "abort": f"fleet rollout abort {STACK} front",
    }
    ended = json.loads(step(tmp_path, "abort", "--json").out)
    assert (ended["state"], ended["next"], ended["pause_s"], ended["abort"]) == ({}, None, None, None)


def test_a_start_says_how_long_it_is_watched(tmp_path: Path) -> None:
    answer = step(trial(tmp_path), "next", "--image", NEW)
    assert f"after 5m: fleet rollout next {STACK} front" in answer.out


def test_everything_else_of_the_file_stays_as_it_is(tmp_path: Path) -> None:
    """Comments, quotes, line ends of Windows, other people's keys, and no line end at the end."""
    trial(tmp_path)
    file = file_of(tmp_path)
    text = file.read_text().replace("config:\n", "# top\nconfig:\n  aws:region: 'yes'  # theirs\n", 1)
    text += "  fleet:rollouts: {front: {candidate: '" + NEW + "', percent: 10}} # mine\nencryptionsalt: v1:abc"
    file.write_bytes(text.replace("\n", "\r\n").encode())
    file.chmod(0o640)
    assert step(tmp_path, "next").code == 0
    expected = text.replace("percent: 10}", f'percent: 100, since: "{SINCE}"}}')
    assert file.read_bytes() == expected.replace("\n", "\r\n").encode()
    assert file.stat().st_mode & 0o777 == 0o640
    assert sorted(found.name for found in tmp_path.iterdir()) == ["Pulumi.trial.yaml", "Pulumi.yaml", "groups"]


def test_a_file_that_is_a_link_stays_one(tmp_path: Path) -> None:
    trial(tmp_path / "project")
    file = file_of(tmp_path / "project")
    file.rename(tmp_path / "kept.yaml")
    file.symlink_to(tmp_path / "kept.yaml")
    assert step(tmp_path / "project", "next", "--image", NEW).code == 0
    assert file.is_symlink()
    assert NEW in (tmp_path / "kept.yaml").read_text()


def test_what_somebody_else_wrote_meanwhile_is_not_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trial(tmp_path)
    written = edit.edited

    def meanwhile(*arguments: Any) -> str:
        with file_of(tmp_path).open("a") as file:
            file.write("# theirs\n")
        return written(*arguments)

    monkeypatch.setattr(edit, "edited", meanwhile)
    answer = step(tmp_path, "next", "--image", NEW)
    assert answer.code == 2
    assert "changed while fleet was running" in answer.err
    assert file_of(tmp_path).read_text().endswith("# theirs\n")
    assert not list(tmp_path.glob(".Pulumi*"))


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "a.yaml"
    file.write_bytes(b"old")

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(UserError, match=r"a\.yaml: cannot be written \(No space left on device\)"):
        replace_file(file, b"old", b"new")
    assert (file.read_bytes(), list(tmp_path.iterdir())) == (b"old", [file])


def test_the_clock_counts_from_the_step_and_not_from_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps = [{"percent": 10, "pause": "5m"}, {"percent": 50, "pause": "2h"}, {"percent": 100}]
    trial(tmp_path, groups={"front": {"rollout": {"steps": steps}}})
    assert step(tmp_path, "next", "--image", NEW).code == 0
    at(monkeypatch, NOON + timedelta(minutes=5))
    assert step(tmp_path, "next").code == 0
    at(monkeypatch, NOON + timedelta(minutes=10))
    assert "the pause of 2h at 50 percent has 1h 55m left" in step(tmp_path, "next").err
