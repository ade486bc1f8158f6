"""A stack's job: what Pulumi is asked, what is reported, and what happens where the owner configured nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from cli.deploy import preflight
from cli.diagnostics.check import Check, obstacle
from cli.terminal import Exit, UserError
from fleet.load.project import load_project
from tests.unit.builders import ROOT, write_project
from tests.unit.cli.deploy.test_deploy import LATEST
from tools.ci import stack
from tools.ci.credentials import FILES, lay_out, missing
from tools.ci.stacks import stacks_in_order

GIVEN = {
    "PULUMI_ACCESS_TOKEN": "token",
    "FLEET_SSH_KEY": "not-a-key",
    "FLEET_SSH_KNOWN_HOSTS": "host ssh-ed25519 AAAA",
}

Pulumi = Callable[[str], Path]


@pytest.fixture
def pulumi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Pulumi:
    """A stand-in for Pulumi's command line: it notes its arguments and variables, then does what a script says."""

    def install(script: str) -> Path:
        program, notes = tmp_path / "bin/pulumi", tmp_path / "notes"
        program.parent.mkdir()
        program.write_text(f'#!/bin/sh\necho "$@" >>{notes}\nenv >{notes}.env\n{script}\n')
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
        return notes

    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name in (*FILES, "PULUMI_ACCESS_TOKEN", "PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE", "FLEET_RUNNER"):
        monkeypatch.delenv(name, raising=False)
    return install


@pytest.fixture(autouse=True)
def found(monkeypatch: pytest.MonkeyPatch) -> list[Check]:
    """What would stop an update on the machine, which is not reached: nothing, unless a test adds to it."""
    checks: list[Check] = []
    monkeypatch.setattr(preflight, "obstacles", lambda *_: checks)
    return checks


def give(monkeypatch: pytest.MonkeyPatch, values: Mapping[str, str] = GIVEN) -> None:
    """Sets what an owner configured."""
    for name, value in values.items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize(
    ("action", "asked"),
    [
        ("preview", ("preview --policy-pack policy --stack pc2",)),
        ("drift", ("refresh --preview-only --expect-no-changes --stack pc2",)),
        ("up", ("refresh --yes --skip-preview --stack pc2", "up --yes --policy-pack policy --stack pc2")),
    ],
)
def test_pulumi_is_asked_for_one_stack(
    pulumi: Pulumi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, action: str, asked: tuple[str, ...]
) -> None:
    notes = pulumi("echo 3 to create")
    give(monkeypatch)
    assert stack.run(action, "pc2", tmp_path / "report.md") is Exit.GOOD
    select, *commands = notes.read_text().splitlines()
    assert all(command.startswith(words) for command, words in zip(commands, asked, strict=True))
    assert ("--create" in select) == (action == "up")
    # A stack without drift has nothing to say in the issue, but was compared.
    assert bool((tmp_path / "report.md").read_text()) == (action != "drift")


def test_pulumi_does_not_see_the_keys_that_lie_in_files(
    pulumi: Pulumi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes = pulumi("exit 0")
    give(monkeypatch)
    stack.run("preview", "pc2", tmp_path / "report.md")
    assert "not-a-key" not in Path(f"{notes}.env").read_text()
    key = tmp_path / "home/.ssh/id_ed25519"
    assert key.read_text() == "not-a-key\n"
    assert key.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(("action", "code"), [("drift", Exit.UNHEALTHY), ("up", Exit.BUG), ("preview", Exit.BUG)])
def test_a_failure_is_reported_with_what_pulumi_said(
    pulumi: Pulumi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, action: str, code: Exit
) -> None:
    pulumi('[ "$1" = stack ] || { echo "error: ```` no changes were expected"; exit 1; }')
    give(monkeypatch)
    assert stack.run(action, "pc2", tmp_path / "report.md") is code
    report = (tmp_path / "report.md").read_text()
    assert "no changes were expected" in report
    assert report.count("````") == 2


def test_what_would_stop_an_update_is_all_that_is_reported(
    pulumi: Pulumi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, found: list[Check]
) -> None:
    notes = pulumi("exit 0")
    give(monkeypatch)
    found.append(obstacle("/srv/fleet/secrets/key", "secret", "does not exist", "sudo install"))
    assert stack.run("up", "pc2", tmp_path / "report.md") is Exit.UNHEALTHY
    assert (tmp_path / "report.md").read_text() == (
        "## pc2: up fails\n\n````text\npc2: 1 problem would stop the update; nothing deployed\n"
        "  /srv/fleet/secrets/key secret: does not exist\n    sudo install\n````\n"
    )
    assert not notes.exists()


def test_a_violation_is_all_that_is_reported(
    pulumi: Pulumi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, found: list[Check]
) -> None:
    notes = pulumi("exit 0")
    give(monkeypatch)
    write_project(tmp_path / "project", tutor_suite_cpu=LATEST)
    (tmp_path / "project/Pulumi.yaml").write_text("name: fleet\nruntime: python\n")
    monkeypatch.chdir(tmp_path / "project")
    found.append(obstacle("unseen", "check", "figure", "fix"))
    assert stack.run("up", "pc2", tmp_path / "report.md") is Exit.POLICY_VIOLATED
    _, _, fence, head, violation, *_ = (tmp_path / "report.md").read_text().splitlines()
    assert (fence, head) == ("````text", "pc2: 1 violation of mandatory policies; nothing deployed")
    assert violation.startswith("  D01 no-latest   mandatory")
    assert not notes.exists()


def test_a_preview_without_credentials_is_left_out_with_a_line(pulumi: Pulumi, tmp_path: Path) -> None:
    notes = pulumi("exit 1")
    assert stack.run("preview", "pc2", tmp_path / "report.md") is Exit.GOOD
    assert (tmp_path / "report.md").read_text() == (
        "pc2: no preview, since PULUMI_ACCESS_TOKEN, FLEET_SSH_KEY, FLEET_SSH_KNOWN_HOSTS is not set; "
        "see docs/pull-requests.md\n"
    )
    assert not notes.exists()


@pytest.mark.parametrize("action", ["drift", "up"])
def test_what_was_asked_for_fails_without_credentials_and_is_reported(
    pulumi: Pulumi, tmp_path: Path, action: str
) -> None:
    pulumi("exit 1")
    with pytest.raises(UserError, match="PULUMI_ACCESS_TOKEN"):
        stack.run(action, "pc2", tmp_path / "report.md")
    assert f"## pc2: no {action}" in (tmp_path / "report.md").read_text()


def test_a_stack_that_was_never_deployed_has_no_drift(
    pulumi: Pulumi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pulumi("echo \"error: no stack named 'pc2' found\"; exit 255")
    give(monkeypatch)
    assert stack.run("drift", "pc2", tmp_path / "report.md") is Exit.GOOD
    assert (tmp_path / "report.md").read_text() == ""


def test_a_backend_that_refuses_is_no_missing_stack(
    pulumi: Pulumi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pulumi("echo error: 401; exit 255")
    give(monkeypatch)
    with pytest.raises(UserError, match="the backend cannot be used"):
        stack.run("drift", "pc2", tmp_path / "report.md")


@pytest.mark.parametrize(
    ("connection", "given", "absent"),
    [
        ("ssh://owner@pc2", {}, ["PULUMI_ACCESS_TOKEN", "FLEET_SSH_KEY", "FLEET_SSH_KNOWN_HOSTS"]),
        ("ssh://owner@pc2", {"FLEET_RUNNER": "home"}, ["PULUMI_ACCESS_TOKEN"]),
        ("kubeconfig://home", {"PULUMI_BACKEND_URL": "gs://b"}, ["PULUMI_CONFIG_PASSPHRASE", "FLEET_KUBECONFIG"]),
        ("unix:///var/run/docker.sock", {"PULUMI_ACCESS_TOKEN": "t"}, ["FLEET_RUNNER"]),
        ("ssh://owner@pc2", GIVEN, []),
    ],
)
def test_what_is_missing_depends_on_the_backend_and_on_how_a_machine_is_reached(
    connection: str, given: dict[str, str], absent: list[str]
) -> None:
    assert missing(connection, given) == absent


def test_a_runners_own_keys_are_never_written_over(tmp_path: Path) -> None:
    own = tmp_path / ".kube/config"
    own.parent.mkdir()
    own.write_text("mine")
    lines = lay_out({"FLEET_KUBECONFIG": "theirs"}, tmp_path)
    assert own.read_text() == "mine"
    assert lines == ["~/.kube/config: already exists; FLEET_KUBECONFIG is not used"]


def test_stacks_come_in_the_order_in_which_their_groups_need_each_other() -> None:
    fleet = load_project(ROOT).fleet
    assert stacks_in_order(fleet, "pc2, mainpc pc2") == ["mainpc", "pc2"]
    # pc2's groups talk to the core platform of mainpc. Turned round, so is the order.
    mainpc, pc2 = fleet.stacks["mainpc"], fleet.stacks["pc2"]
    swapped = {
        "mainpc": mainpc.model_copy(update={"groups": pc2.groups}),
        "pc2": pc2.model_copy(update={"groups": mainpc.groups}),
    }
    turned = replace(fleet, stacks={**fleet.stacks, **swapped})
    assert stacks_in_order(turned, "mainpc pc2") == ["pc2", "mainpc"]


@pytest.mark.parametrize("name", ["mainpcc", "local"])
def test_a_stack_that_cannot_be_deployed_from_afar_is_refused(name: str) -> None:
    with pytest.raises(UserError, match=f"FLEET_STACKS: {name} is not a stack to deploy; use cloud, cluster"):
        stacks_in_order(load_project(ROOT).fleet, name)
