"""Tenants' networks, as `fleet verify` and `fleet doctor` judge them."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from ipaddress import IPv4Network

from cli.verify.facts import NetworkFacts
from fleet.model.machine import Subnet
from fleet.plan.deployment import Deployment
from tests.unit.cli.trial_machine import DOCKER, examined, live, live_with, machine, on, reported, verified

RED = "alpha_internal_red"
BOTH = {
    "alpha_internal": NetworkFacts("bridge", ("10.210.91.0/24",)),
    RED: NetworkFacts("bridge", ("10.210.93.0/24",)),
}


@cache
def tenanted() -> Deployment:
    """`alpha` with `eyes` of tenant `red`, and `hub` shared with it."""
    plan = on({"tenants": {"red": Subnet(subnet=IPv4Network("10.210.93.0/24"))}})
    groups = tuple(
        replace(group, **({"tenant": "red"} if group.name == "eyes" else {"serves": ("red",)})) for group in plan.groups
    )
    return replace(plan, groups=groups)


def test_a_shared_container_is_in_all_networks_it_serves() -> None:
    inside = {"alpha_internal": "10.210.91.4", RED: "10.210.93.2"}
    facts = replace(live_with("hub", networks=inside), networks=BOTH)
    expected = ("good", "alpha_internal 10.210.91.4, alpha_internal_red 10.210.93.2", "")
    assert reported(verified(facts, tenanted()), "hub", "network") == expected


def test_a_tenants_container_in_the_machines_network_is_reported() -> None:
    status, figure, _ = reported(verified(live(networks=BOTH), tenanted()), "eyes", "network")
    assert (status, figure) == ("wrong", f"in alpha_internal, planned only {RED}")


def test_each_network_has_a_check_of_its_own() -> None:
    checks = verified(live(networks={**BOTH, RED: NetworkFacts("bridge", ("10.0.0.0/24",))}), tenanted())
    show = f"{DOCKER} network inspect {RED}"
    assert reported(checks, "alpha_internal", "network") == ("good", "bridge 10.210.91.0/24", "")
    assert reported(checks, RED, "network") == ("wrong", "has 10.0.0.0/24, planned 10.210.93.0/24", show)


def test_the_doctor_finds_a_tenants_subnet_taken_and_says_where_it_is_written() -> None:
    taken = {"old": NetworkFacts("bridge", ("10.210.93.0/25",))}
    status, figure, mend = reported(examined(machine(networks=taken), tenanted()), RED, "subnet")
    assert (status, figure) == ("wrong", "10.210.93.0/24 overlaps network old (10.210.93.0/25)")
    assert mend.startswith("set machine.tenants.red.subnet in Pulumi.alpha.yaml to a free /24 of 10.210.0.0/16")
