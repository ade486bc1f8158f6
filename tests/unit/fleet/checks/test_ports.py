"""Ports: none is used twice in a container, a pod or on a machine, nor taken from an agent host."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from fleet.load.project import load_project
from fleet.source.faults import ConfigurationError
from tests.trial_cluster import write_trial
from tests.unit.builders import (
    LATER,
    Change,
    assert_accepted,
    assert_refused,
    chain,
    container,
    faults_of,
    planned,
    small_group,
    small_stack,
    swap,
    under,
    write_project,
)


def test_a_host_port_taken_twice_on_a_machine_is_refused(tmp_path: Path) -> None:
    used = "9000/tcp is already used on mainpc by core-platform.ports.observability"
    message = f"ports.main.host_port: {used}; choose a free port"
    change = swap("host_port: 8020", "host_port: 9000")
    assert_refused(tmp_path, "vision_gpu", "host_port", message, vision_gpu=change)


def test_a_host_port_of_another_protocol_or_machine_is_free(tmp_path: Path) -> None:
    assert_accepted(tmp_path, vision_gpu=swap("host_port: 8020", "host_port: 9000, protocol: udp"))
    assert_accepted(tmp_path, infra_core_cpu=swap("host_port: 8100", "host_port: 8000"))


def test_a_host_port_that_no_group_uses_says_how_to_publish_it(tmp_path: Path) -> None:
    message = (
        "ports.main.host_port: 8020 opens nothing: no group names vision-gpu as a peer; "
        "for people, add publish: lan, or localhost for a proxy on the machine; else drop it"
    )
    unused = {"vision_dream_gpu": swap("peers: [infra-core-cpu, vision-gpu]", "peers: [infra-core-cpu]")}
    assert_refused(tmp_path, "vision_gpu", "host_port", message, **unused)
    assert_accepted(tmp_path, **unused, vision_gpu=swap("host_port: 8020", "publish: lan, host_port: 8020"))
    assert_accepted(tmp_path, **unused, audio_emotion=swap("peers: [", "peers: [vision-gpu, "))


def test_ports_on_different_addresses_may_be_equal(tmp_path: Path) -> None:
    used = "is already used on mainpc by core-platform.ports.observability"
    wrong = []
    for place, refused in (("localhost", False), ("100.64.0.7", False), ("lan", True), ("192.168.1.10", True)):
        page = small_group(top=f"ports: {{main: {{publish: {place}, host_port: 9000}}}}")
        project = write_project(
            tmp_path / place, page=page, mainpc=swap("    - vision-gpu\n", "    - vision-gpu\n    - page\n")
        )
        found = [fault for fault in faults_of(project) if used in fault]
        wrong += [place] if bool(found) is not refused else []
    assert not wrong


def test_a_port_published_on_every_address_is_taken_on_each(tmp_path: Path) -> None:
    waiver = f"waivers: {{B11: {{reason: The whole house is one network., until: {LATER}}}}}"
    page = small_group(top="ports: {main: {publish: localhost, host_port: 3000}}")
    open_ = small_group(top=f"ports: {{main: {{publish: 0.0.0.0, host_port: 3000}}}}\n{waiver}")
    project = write_project(
        tmp_path, page=page, wide=open_, mainpc=swap("    - vision-gpu\n", "    - vision-gpu\n    - page\n    - wide\n")
    )
    assert [fault.partition(": ")[2] for fault in faults_of(project)] == [
        "ports.main.host_port: 3000/tcp is already used on mainpc by page.ports.main; choose a free port"
    ]


def test_a_port_that_publish_takes_by_default_names_host_port(tmp_path: Path) -> None:
    used = "9000/tcp is already used on mainpc by core-platform.ports.observability"
    message = f"ports.main.port: {used}; set ports.main.host_port to a free port"
    changes: dict[str, Change] = {
        "page": small_group(top="ports: {main: {port: 9000, publish: lan}}"),
        "mainpc": swap("    - vision-gpu\n", "    - vision-gpu\n    - page\n"),
    }
    assert_refused(tmp_path, "page", "ports:", message, **changes)


def test_groups_that_no_mode_runs_together_may_publish_one_port(tmp_path: Path) -> None:
    page = small_group(top="ports: {main: {publish: lan, host_port: 3000}}")
    machine = {"lan_address": "192.168.1.77"}
    stack = small_stack("wood", "day", "night", **machine)
    apart = f"{stack}  fleet:modes: {{sun: [day], moon: [night]}}\n  fleet:mode: sun\n"
    both = f"{stack}  fleet:modes: {{sun: [day], moon: [night, day]}}\n  fleet:mode: sun\n"
    assert_accepted(tmp_path / "apart", day=page, night=page, stack_wood=apart)
    message = "ports.main.host_port: 3000/tcp is already used on wood by day.ports.main; choose a free port"
    for name, text in (("always", stack), ("both", both)):
        assert_refused(tmp_path / name, "night", "ports:", message, day=page, night=page, stack_wood=text)


def test_a_port_taken_twice_in_a_container_is_refused(tmp_path: Path) -> None:
    message = "ports.metrics.port: 8000/tcp is already used by ports.main; use another port"
    change = under("host_port: 8020", "  metrics: {port: 8000}")
    assert_refused(tmp_path, "vision_gpu", "metrics:", message, vision_gpu=change)
    assert_accepted(tmp_path, vision_gpu=under("host_port: 8020", "  metrics: {port: 8002}"))


@pytest.mark.parametrize(
    ("connection", "port"),
    [("ssh://owner@192.168.1.10", 22), ("ssh://owner@192.168.1.10:2222", 2222), ("tcp://192.168.1.10:2376", 2376)],
)
def test_a_host_port_that_the_daemon_is_reached_by_is_refused(tmp_path: Path, connection: str, port: int) -> None:
    message = (
        f"ports.main.host_port: {port}/tcp is already used on mainpc by machine.connection ({connection}); "
        "choose a free port"
    )
    changes: dict[str, Change] = {
        "mainpc": swap("ssh://owner@192.168.1.10", connection),
        "vision_gpu": swap("host_port: 8020", f"host_port: {port}"),
    }
    assert_refused(tmp_path, "vision_gpu", "host_port", message, **changes)
    assert_accepted(tmp_path, **{**changes, "vision_gpu": swap("host_port: 8020", f"host_port: {port + 1}")})


def test_a_port_of_the_agent_host_is_refused_until_the_host_is_moved(tmp_path: Path) -> None:
    message = (
        "ports.main.port: 8001 is already used by the agent host of main, which listens on 8000 too; "
        "use another port, or move the agent host with containers.main.health.port"
    )
    port = swap("main: {port: 8000,", "main: {port: 8001,")
    assert_refused(tmp_path, "memory_stack", "main: {port", message, memory_stack=port)
    moved = assert_accepted(tmp_path, memory_stack=chain(port, under("shared_memory:", "    health: {port: 8001}")))
    env = container(planned("mainpc", moved.fleet), "memory-stack").env
    assert (env["FLEET_PORT"], json.loads(env["FLEET_PORTS"])) == ("8001", {"main": 8001})


def test_a_port_next_to_an_agent_host_is_free(tmp_path: Path) -> None:
    refused = []
    for port in (7999, 8002, 65535):
        change = swap("main: {port: 8000,", f"main: {{port: {port},")
        refused += [(port, fault) for fault in faults_of(write_project(tmp_path, memory_stack=change))]
    assert not refused


def test_an_agent_host_needs_a_next_port(tmp_path: Path) -> None:
    message = "containers.main.health.port: 65535 leaves no next port for its agent host; use 65534 at most"
    change = under("shared_memory:", "    health: {port: 65535}")
    assert_refused(tmp_path, "memory_stack", "health:", message, memory_stack=change)
    assert_accepted(tmp_path, memory_stack=under("shared_memory:", "    health: {port: 65534}"))


def _pod(lookups: int = 8000, *, declared: int = 9100, main: int = 8000) -> dict[str, Any]:
    """Changes of the trial group `store`: health port and declared port of its sidecar, declared port of `main`."""
    return {
        "containers": {"lookups": {"health": {"port": lookups}}},
        "ports": {"main": {"port": main}, "lookups": {"port": declared}},
    }


_OF_MAIN = "is already used by the agent host of main, which listens on 8000 too; use another port, or move the agent "
_IN_POD = "is already used by main, in the same pod of store on trial; use distinct ports"


def test_containers_of_a_pod_keep_off_each_others_agent_hosts(tmp_path: Path) -> None:
    cases = [
        (_pod(8001), ""),
        (_pod(7999), ""),
        (_pod(9099), "ports.lookups.port: 9100 is already used by the agent host of lookups, which listens on 9099"),
        (_pod(declared=8001), f"ports.lookups.port: 8001 {_OF_MAIN}"),
        (_pod(8001, declared=8001), f"ports.lookups.port: 8001 {_OF_MAIN}"),
        (
            _pod(7999, declared=7999),
            "ports.main.port: 8000 is already used by the agent host of lookups, which listens",
        ),
        (_pod(7999, declared=7999, main=5000), f"containers.lookups.health.port: 8000 {_IN_POD}"),
        (_pod(declared=8000), f"ports.lookups.port: 8000 {_IN_POD}"),
        (_pod(main=9100), f"ports.lookups.port: 9100 {_IN_POD}"),
    ]
    wrong = []
    for number, (store, message) in enumerate(cases):
        try:
            load_project(write_trial(tmp_path / str(number), groups={"store": store}))
            found = []
        except ConfigurationError as error:
            found = [f"{fault.path}: {fault.problem}; {fault.remedy}" for fault in error.faults]
        if len(found) != bool(message) or not all(fault.startswith(message) for fault in found):
            wrong.append((message, found))
    assert not wrong
