"""Stand-ins in the agents' place, on a machine that stays part of the fleet."""

from __future__ import annotations

from pathlib import Path

from tests.unit.builders import assert_accepted, chain, container, faults_of, planned, swap, under, write_project


def test_a_machine_of_stand_ins_stays_in_the_fleet_and_takes_little(tmp_path: Path) -> None:
    """So that a whole fleet can be tried before one agent is ported, on machines too small for it."""
    change = chain(swap("cpus: 16", "cpus: 2"), swap("memory: 64GiB", "memory: 8GiB"))
    small = chain(change, under("config:", '  fleet:stand_ins: "true"'))
    plan = planned("mainpc", assert_accepted(tmp_path, mainpc=small).fleet)
    assert {c.env["FLEET_STAND_IN"] for c in plan.containers} == {"true"}
    assert {(c.gpu, c.devices, c.secrets, c.memory_cap_mib) for c in plan.containers} == {(None, (), (), 256)}
    assert [endpoint.ref for endpoint, _ in plan.published] == [
        "core-platform", "core-platform/observability", "memory-stack", "vision-gpu",
    ]  # fmt: skip
    assert container(plan, "core-platform").extra_hosts == {
        "pc2-discovery": "192.168.1.20",
        "pc2-observability": "192.168.1.20",
    }
    assert faults_of(write_project(tmp_path / "without", mainpc=change)) != []
