"""Where a port of a group is published."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from fleet.model import ContainerGroup, Port
from tests.unit.builders import LATER

WAIVER = {"reason": "The whole house is one network.", "until": LATER}
MAIN = {"image": {"reference": "docker.io/library/page:1.0"}, "memory": {"request": "64MiB"}, "cpu": {"limit": 1}}


def test_a_port_is_published_on_the_lan_on_localhost_or_on_one_address() -> None:
    places = ("lan", "localhost", "192.168.1.30", "100.64.0.7", "127.0.0.2")
    assert [Port.model_validate({"publish": place}).publish for place in places] == list(places)


def test_nothing_else_is_a_place() -> None:
    wrong = []
    values = (True, 1, "", "LAN", "pc2", "lan ", "::", "::1", "192.168.1", "0.0.0.1", "224.0.0.1", "10.0.0.0", ["lan"])
    for place in values:
        try:
            Port.model_validate({"publish": place})
            text = "accepted"
        except ValidationError as error:
            text = str(error)
        wrong += [] if "write lan, localhost, or an IPv4 address of the machine" in text else [(place, text)]
    assert not wrong


def test_the_port_on_the_machine_defaults_to_the_containers() -> None:
    given = [{}, {"host_port": 3000}, {"publish": "lan"}, {"publish": "lan", "host_port": 3000}]
    assert [Port.model_validate({"port": 8080, **keys}).outer_port for keys in given] == [None, 3000, 8080, 3000]


def _group(**keys: object) -> ContainerGroup:
    ports = {"main": {"publish": "0.0.0.0"}}  # noqa: S104
    group = {"name": "page", "system": "trial", "ports": ports, "containers": {"main": MAIN}}
    return ContainerGroup.model_validate({**group, **keys})


def test_every_address_needs_a_waiver_with_an_end() -> None:
    with pytest.raises(ValidationError, match=r"add waivers\.B11 with reason and until"):
        _group()
    with pytest.raises(ValidationError, match=r"add waivers\.B11"):
        _group(waivers={"B12": WAIVER})
    assert _group(waivers={"B11": WAIVER}).ports["main"].publish == "0.0.0.0"  # noqa: S104
    assert _group(containers={"main": {**MAIN, "waivers": {"B11": WAIVER}}})
