"""What a machine's component publishes of its neighbours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from fleet.model import LanTraffic
from fleet.plan.deployment import Deployment
from fleet.plan.facts import common_facts
from fleet.published import outputs
from tests.unit.builders import planned, shipped


def _links(deployment: Deployment) -> Mapping[str, Mapping[str, str]]:
    links: Mapping[str, Mapping[str, str]] = outputs(common_facts(deployment))["links"]
    return links


def test_a_machine_publishes_the_addresses_its_traffic_goes_to() -> None:
    said = {"none": "both PCs are on one LAN of their owner"}
    both = {"192.168.1.10": {"machine": "mainpc", **said}, "192.168.1.20": {"machine": "pc2", **said}}
    assert _links(planned("mainpc")) == _links(planned("pc2")) == both
    assert _links(planned("local")) == {}


@pytest.mark.parametrize(
    ("traffic", "said"), [(None, {}), ({"by": "wireguard"}, {"encryption": "wireguard"})], ids=["nothing", "wireguard"]
)
def test_the_encryption_of_an_address_is_published(traffic: Mapping[str, str] | None, said: Mapping[str, str]) -> None:
    fleet = shipped()
    machine = fleet.stacks["pc2"].machine
    changed = machine.model_copy(update={"lan_traffic": traffic and LanTraffic.model_validate(traffic)})
    stacks = {**fleet.stacks, "pc2": fleet.stacks["pc2"].model_copy(update={"machine": changed})}
    links = _links(planned("mainpc", replace(fleet, stacks=stacks)))
    assert links["192.168.1.20"] == {"machine": "pc2", **said}
