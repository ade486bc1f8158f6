"""A container as found against a container as planned."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from cli.verify.facts import Binding
from tests.unit.cli.trial_machine import DOCKER, UP, amiss, live, live_with, reported, verified, with_container

RECREATE = f"{DOCKER} rm -f hub && {UP}"
LOGS = f"{DOCKER} logs --tail 20 hub"


def hub(check: str, **changes: Any) -> tuple[str, str, str]:
    """The result for container `hub` with other facts."""
    return reported(verified(live_with("hub", **changes)), "hub", check)


def test_a_stack_that_is_as_planned_has_nothing_wrong() -> None:
    # No connection can tell of a UDP port.
    assert amiss(verified(live())) == [("eyes", "peer hub/beacon", "unknown")]


def test_a_stack_without_any_container_has_one_check() -> None:
    figure = "not deployed: none of its 3 containers exists"
    assert [reported(verified(live(containers={})), "alpha", "containers")] == [("wrong", figure, UP)]
    assert len(verified(live(containers={}))) == 1


def test_a_container_that_is_not_there_has_one_check() -> None:
    there = {name: facts for name, facts in live().containers.items() if name != "hub"}
    checks = verified(live(containers=there, use={}))
    assert reported(checks, "hub", "runs") == ("wrong", "does not exist", UP)
    assert [check.check for check in checks if check.subject == "hub"] == ["runs"]


def test_other_hosts_and_dns_servers_are_reported() -> None:
    host = {**live().containers["eyes"].host, "ExtraHosts": None, "Dns": ["8.8.8.8"]}
    status, figure, _ = reported(verified(live_with("eyes", host=host)), "eyes", "network")
    assert status == "wrong"
    assert figure.endswith("hosts none, planned beta-far:192.168.9.11; DNS servers 8.8.8.8, planned none")


@pytest.mark.parametrize(
    ("state", "figure", "mend"),
    [
        (
            {"status": "exited", "exit_code": 137, "since_s": 130.0, "restarts": 1},
            "stopped 2 min ago: exit code 137; 1 restart",
            f"{LOGS}; {DOCKER} start hub",
        ),
        (
            {"status": "exited", "out_of_memory": True, "exit_code": 137, "since_s": 5.0},
            "stopped 5 s ago: out of memory; 0 restarts",
            f"{LOGS}; {DOCKER} start hub",
        ),
        (
            {"status": "restarting", "exit_code": 1, "restarts": 7},
            "keeps restarting: exit code 1; 7 restarts",
            LOGS,
        ),
        (
            {"restarts": 3, "since_s": 20.0},
            "keeps restarting: up 20 s, 3 restarts",
            LOGS,
        ),
        ({"status": "paused"}, "is paused", f"{DOCKER} unpause hub"),
        (
            {"status": "created", "error": "could not select device driver"},
            "is created, never started: could not select device driver",
            f"{DOCKER} start hub",
        ),
    ],
)
def test_a_container_that_does_not_run_is_wrong(state: dict[str, Any], figure: str, mend: str) -> None:
    assert hub("runs", state=state) == ("wrong", figure, mend)


def test_restarts_long_ago_are_only_reported() -> None:
    assert hub("runs", state={"restarts": 4, "since_s": 7300.0}) == ("good", "up 2 h, 4 restarts", "")


def test_what_a_stopped_container_was_made_as_is_still_compared() -> None:
    checks = verified(live_with("hub", state={"status": "exited"}, image="other:1"))
    names = [check.check for check in checks if check.subject == "hub"]
    assert "image" in names
    assert "health" not in names


def test_another_image_is_wrong() -> None:
    planned = "registry.example/hub:1.0"
    changes = {"image": "registry.example/hub:0.9", "image_id": "sha256:old"}
    assert hub("image", **changes) == ("wrong", f"registry.example/hub:0.9, planned {planned}", RECREATE)


def test_an_older_build_under_the_same_name_is_wrong() -> None:
    figure = "an older build of registry.example/hub:1.0: 0123456789ab, now hub000000000"
    assert hub("image", image_id="sha256:0123456789abcdef") == ("wrong", figure, RECREATE)


def test_an_image_is_known_by_its_id_whatever_it_was_called() -> None:
    assert hub("image", image="sha256:whatever")[0] == "good"


def test_an_image_that_lost_its_name_is_still_the_planned_one() -> None:
    status, figure, _ = reported(verified(live(image_ids={})), "hub", "image")
    assert (status, figure) == ("good", "registry.example/hub:1.0 (hub000000000, untagged since)")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"state": {"health": ""}}, ("wrong", "has no health check, planned check", RECREATE)),
        (
            {"state": {"health": "unhealthy", "last_check": "no answer"}},
            ("wrong", "unhealthy; last check: no answer", LOGS),
        ),
        (
            {"state": {"health": "starting", "last_check": "", "since_s": 30.0}},
            (
                "unknown",
                "no check has passed for 30 s; it may still start",
                "fleet verify alpha, within 2 min",
            ),
        ),
        (
            {"state": {"health": "starting", "last_check": "refused", "since_s": 181.0}},
            ("wrong", "no check has passed for 3 min; last check: refused", LOGS),
        ),
        (
            {"health_test": ("CMD-SHELL", "true")},
            ("wrong", "healthy, but by a health check that is not planned: true", RECREATE),
        ),
    ],
)
def test_health(changes: dict[str, Any], expected: tuple[str, str, str]) -> None:
    assert hub("health", **changes) == expected


def test_a_healthy_container_tells_what_its_check_said() -> None:
    assert hub("health") == ("good", "healthy; last check: healthy: 1 agents", "")


def test_a_mount_that_differs_is_wrong() -> None:
    figure = "/data has alpha-other, planned alpha-hub-data; /etc has /etc, not planned"
    mounts = {"/data": ("alpha-other", False), "/etc": ("/etc", False)}
    assert hub("mounts", mounts=mounts) == ("wrong", figure, RECREATE)
    figure = "/data has alpha-hub-data read-only, planned alpha-hub-data"
    assert hub("mounts", mounts={"/data": ("alpha-hub-data", True)}) == ("wrong", figure, RECREATE)
    assert hub("mounts", mounts={}) == ("wrong", "/data has nothing, planned alpha-hub-data", RECREATE)


def test_another_network_is_wrong() -> None:
    networks = {"bridge": "172.17.0.2", "alpha_internal": "10.210.91.4"}
    assert hub("network", networks=networks) == (
        "wrong",
        "in alpha_internal, bridge, planned only alpha_internal",
        RECREATE,
    )
    assert hub("network", networks={}) == ("wrong", "in no network, planned only alpha_internal", RECREATE)


def test_a_port_that_is_open_and_not_planned_is_wrong() -> None:
    ports = frozenset({Binding("0.0.0.0", 8100, 8000, "tcp")})  # noqa: S104  (what must not be)
    figure = "0.0.0.0:8100 -> 8000/tcp is open and not planned; 192.168.9.10:8100 -> 8000/tcp is planned and not open"
    assert hub("ports", ports=ports) == ("wrong", figure, RECREATE)


def test_a_card_that_is_not_the_planned_one_is_wrong() -> None:
    recreate = f"{DOCKER} rm -f eyes && {UP}"
    checks = verified(live_with("eyes", gpu_devices=frozenset({"1"})))
    assert reported(checks, "eyes", "GPU") == ("wrong", "has device 1, planned 0", recreate)
    two = verified(live_with("eyes", gpu_capabilities=frozenset({"gpu", "compute"})))
    figure = "has capabilities compute, gpu, planned compute, gpu, utility"
    assert reported(two, "eyes", "GPU") == ("wrong", figure, recreate)
    checks = verified(live_with("eyes", gpu_devices=frozenset()))
    assert reported(checks, "eyes", "GPU") == ("wrong", "has device none, planned 0", recreate)


def test_what_compose_made_is_mended_by_compose() -> None:
    facts = live_with("hub", compose_file="/srv/my fleet/compose.yaml", networks={})
    file = f"{DOCKER} compose -f '/srv/my fleet/compose.yaml' up --wait -d"
    assert reported(verified(facts), "hub", "network")[2] == f"{file} --force-recreate hub"
    assert reported(verified(replace(facts, volumes={})), "alpha-hub-data", "volume")[2] == file


def test_a_secret_variable_without_a_value_is_found_and_no_value_is_shown() -> None:
    fix = f"{DOCKER} rm -f eyes && {UP}"
    good = reported(verified(live()), "eyes", "secret variables")
    empty = reported(verified(live_with("eyes", variables=frozenset({"HOME"}))), "eyes", "secret variables")
    assert (good[0], good[1]) == ("good", "EYE_KEY with a value each")
    assert empty == ("wrong", "EYE_KEY has no value", fix)


def test_a_program_that_starts_another_way_is_found() -> None:
    planned = with_container(
        "hub", entrypoint=("/bin/hub",), command=("--all",), working_dir="/srv", tty=True, own_labels={"a": "1"}
    )
    config = {"Entrypoint": ["/bin/hub"], "Cmd": ["--all"], "WorkingDir": "/srv", "Tty": True, "Labels": {"a": "1"}}
    shown = "entrypoint /bin/hub; command --all; working_dir /srv; tty yes; labels a=1"
    assert reported(verified(live_with("hub", config=config), planned), "hub", "program") == ("good", shown, "")
    status, figure, fix = reported(verified(live_with("hub", config={}), planned), "hub", "program")
    assert (status, fix) == ("wrong", RECREATE)
    assert figure.startswith("entrypoint not set, planned /bin/hub; command not set, planned --all")
    assert "program" not in {check.check for check in verified(live()) if check.subject == "hub"}
