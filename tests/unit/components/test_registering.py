"""Registering: the outputs that the SDK keeps of each resource."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from unittest.mock import patch

import pulumi

from components.listing import Entry
from components.registering import Registrar
from tests.trial_cloud import FULL, trial
from tests.unit.builders import planned
from tests.unit.components.registering import register


def test_a_resource_has_outputs_for_what_is_set_and_one_that_others_refer_to_has_all() -> None:
    outputs: dict[str, set[str]] = {}
    arguments: dict[str, set[str]] = {}
    make = Registrar.resource

    def keep(self: Registrar, entry: Entry, given: Mapping[str, Any], options: pulumi.ResourceOptions) -> Any:
        made = make(self, entry, given, options)
        outputs[entry.name] = {key for key, value in vars(made).items() if isinstance(value, pulumi.Output)}
        arguments[entry.name] = set(given)
        return made

    for plan in (planned("mainpc"), trial(cloud=FULL)):
        with patch.object(Registrar, "resource", keep):
            register(plan)
    main = "mainpc-core-platform-main"
    assert outputs[main] - {"urn", "id"} <= arguments[main]
    assert {"name", "image"} <= outputs[main]
    # The provider sets these.
    assert {"scope", "options"} <= outputs["mainpc-network-bridge"]
    addresses = [name for name, keys in outputs.items() if "address" in keys]
    assert addresses, "the load balancer's address is referred to"
    for name in addresses:
        assert "address" not in arguments[name]
