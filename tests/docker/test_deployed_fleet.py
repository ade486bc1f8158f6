"""The twelve groups of the assistant as they run on two machines; nothing here changes them."""

from __future__ import annotations

import pytest
from docker.models.containers import Container

from tests.docker.conftest import Deployed, DeployedFleet
from tests.docker.lab import ADDRESSES
from tests.docker.project import CONTAINERS, GROUPS, REAL_AGENT, STACKS, shipped_group

pytestmark = pytest.mark.docker

WAVES = {"mainpc": 5, "pc2": 4}
PUBLISHED = {"mainpc": {8000, 8010, 8020, 9000}, "pc2": {8100, 9100}}
"""Machine -> ports that the other one needs of it."""
SHARED_SERVICES = {
    "mainpc": {"core-platform", "core-platform/observability"},
    "pc2": {"infra-core-cpu", "infra-core-cpu/observability"},
}
"""Machine -> what every group of the other one may use."""

HIGH_ID = 10000
NO_CAPABILITIES = "0" * 16

READ_LIMITS = """
import json, os, resource
from pathlib import Path

def read(*names):
    return next((text.split() for name in names if (file := Path("/sys/fs/cgroup", name)).exists()
                 for text in [file.read_text()]), None)

mib = 1024 ** 2
memory = int(read("memory.max", "memory/memory.limit_in_bytes")[0])
cpu = read("cpu.max") or [read("cpu/cpu.cfs_quota_us")[0], read("cpu/cpu.cfs_period_us")[0]]
swap, both = read("memory.swap.max"), read("memory/memory.memsw.limit_in_bytes")
shared = os.statvfs("/dev/shm")
print(json.dumps({
    "memory_mib": memory // mib,
    "swap_mib": int(swap[0]) // mib if swap else (int(both[0]) - memory) // mib if both else None,
    "millicores": int(cpu[0]) * 1000 // int(cpu[1]),
    "shared_memory_mib": shared.f_blocks * shared.f_frsize // mib,
    "processes": resource.getrlimit(resource.RLIMIT_NPROC),
    "open_files": resource.getrlimit(resource.RLIMIT_NOFILE),
}))
"""
ASK_PEERS = """
import json, os, socket, urllib.request, zmq

def machine_of(address):
    host, port = address.removeprefix("tcp://").rsplit(":", 1)
    socket.create_connection((host, int(port)), 5).close()
    asking = zmq.Context.instance().socket(zmq.REQ)
    asking.linger, asking.rcvtimeo = 0, 5000
    asking.connect(address)
    asking.send(b"")
    answer = asking.recv_json()
    return {"ip": socket.gethostbyname(host), "group": answer["group"], "machine": answer["machine"]}

book = json.loads(os.environ["FLEET_ADDRESS_BOOK"])
with urllib.request.urlopen("http://127.0.0.1:8000/ping", timeout=30) as reply:
    pinged = json.load(reply)["peers"]
print(json.dumps({"pinged": pinged, "asked": {ref: machine_of(address) for ref, address in book.items()}}))
"""
ASK_HEALTH = """
import json, urllib.request
with urllib.request.urlopen("http://127.0.0.1:8000/health", timeout=10) as reply:
    print(json.dumps(json.load(reply)))
"""

each_stack = pytest.mark.parametrize("stack", STACKS)
each_container = pytest.mark.parametrize(("stack", "name"), CONTAINERS, ids=[name for _, name in CONTAINERS])


def running(deployed: Deployed) -> list[Container]:
    return deployed.machine.client.containers.list()


def test_all_twelve_groups_run_and_nothing_else(fleet: DeployedFleet) -> None:
    assert len(GROUPS) == 12
    names = {(stack, c.name) for stack, deployed in fleet.stacks.items() for c in running(deployed)}
    assert names == set(CONTAINERS)


@each_container
def test_a_container_is_healthy_and_every_agent_is_up(fleet: DeployedFleet, stack: str, name: str) -> None:
    machine = fleet.stacks[stack].machine
    container = machine.container(name)
    assert container.attrs["State"]["Health"]["Status"] == "healthy"
    answer = machine.inside(name, ASK_HEALTH)
    declared = shipped_group(answer["group"])["containers"][answer["container"]]["agents"]
    expected = {agent: "running" if (answer["group"], agent) == REAL_AGENT else "stand-in" for agent in declared}
    assert {agent: reported["state"] for agent, reported in answer["agents"].items()} == expected


@each_stack
def test_nothing_is_started_before_what_it_starts_after_is_healthy(fleet: DeployedFleet, stack: str) -> None:
    deployed = fleet.stacks[stack]
    groups = {group.name: group for group in deployed.plan.groups}
    checked = 0
    for group in groups.values():
        for earlier in group.start_after:
            healthy = max(deployed.times[container.name].healthy for container in groups[earlier].containers)
            begun = min(deployed.times[container.name].begun for container in group.containers)
            assert begun > healthy, f"{group.name} was started {healthy - begun:.2f} s before {earlier} was healthy"
            checked += 1
    assert checked >= WAVES[stack] - 1
    assert max(group.wave for group in groups.values()) == WAVES[stack]


@each_container
def test_no_process_runs_under_a_low_id(fleet: DeployedFleet, stack: str, name: str) -> None:
    machine = fleet.stacks[stack].machine
    processes = machine.processes(name)
    # The init and the agent host.
    assert len(processes) >= 2
    for pid, command in processes.items():
        status = machine.status(pid)
        # Real, effective, saved and file system id.
        ids = [int(number) for number in (*status["Uid"].split(), *status["Gid"].split())]
        assert min(ids) > HIGH_ID, f"{command}: {ids}"


@each_container
def test_no_process_holds_a_capability_or_can_gain_one(fleet: DeployedFleet, stack: str, name: str) -> None:
    machine = fleet.stacks[stack].machine
    for pid, command in machine.processes(name).items():
        status = machine.status(pid)
        sets = {key: status[key] for key in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")}
        assert set(sets.values()) == {NO_CAPABILITIES}, f"{command}: {sets}"
        assert status["NoNewPrivs"] == "1", command
        # 2 is a filter: Docker's default profile.
        assert status["Seccomp"] == "2", command


@each_container
def test_not_even_root_can_write_to_the_root_folder(fleet: DeployedFleet, stack: str, name: str) -> None:
    machine = fleet.stacks[stack].machine
    tried = machine.execute(name, "touch", "/app/note", user="0:0")
    assert tried.code != 0
    assert "Read-only file system" in tried.text


@each_container
def test_the_kernel_holds_it_to_its_limits(fleet: DeployedFleet, stack: str, name: str) -> None:
    deployed = fleet.stacks[stack]
    planned = next(container for container in deployed.plan.containers if container.name == name)
    limits = deployed.machine.inside(name, READ_LIMITS)
    assert limits["memory_mib"] == planned.memory_cap_mib
    assert limits["millicores"] == planned.cpu_cap_millicores
    assert limits["shared_memory_mib"] == planned.shared_memory_mib
    assert limits["processes"] == [deployed.plan.machine.process_limit] * 2
    assert limits["open_files"] == [planned.hardening.open_files] * 2
    assert limits["swap_mib"] in (0, None)


@each_container
def test_every_peer_of_its_group_answers_under_its_name_and_no_other_does(
    fleet: DeployedFleet, stack: str, name: str
) -> None:
    deployed = fleet.stacks[stack]
    group = next(container.group for container in deployed.plan.containers if container.name == name)
    other = next(machine for machine in STACKS if machine != stack)
    expected = {*shipped_group(group).get("peers", []), *SHARED_SERVICES[other]}
    reported = deployed.machine.inside(name, ASK_PEERS)
    assert set(reported["pinged"]) == expected
    assert [ref for ref, peer in reported["pinged"].items() if not peer["reachable"]] == []
    for ref, answer in reported["asked"].items():
        home = next(machine for machine, placed in GROUPS if placed == ref.split("/")[0])
        assert (answer["group"], answer["machine"]) == (ref.split("/")[0], home)
        if home == stack:
            assert answer["ip"] != ADDRESSES[home]
        else:
            assert answer["ip"] == ADDRESSES[home]


@each_stack
def test_only_ports_the_other_machine_needs_are_open_and_only_on_the_lan(fleet: DeployedFleet, stack: str) -> None:
    listening = {line.split()[3] for line in fleet.stacks[stack].machine.run("ss", "-Hltn").splitlines()}
    assert listening == {f"{ADDRESSES[stack]}:{port}" for port in PUBLISHED[stack]}


@each_stack
def test_packets_are_let_through_to_published_ports_alone(fleet: DeployedFleet, stack: str) -> None:
    rules = fleet.stacks[stack].machine.run("iptables", "-t", "nat", "-S", "DOCKER").splitlines()
    forwarded = [rule.split() for rule in rules if "DNAT" in rule]
    let_through = {(rule[rule.index("-d") + 1], int(rule[rule.index("--dport") + 1])) for rule in forwarded}
    assert let_through == {(f"{ADDRESSES[stack]}/32", port) for port in PUBLISHED[stack]}
