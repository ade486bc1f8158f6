"""The contract between components and policies: what one writes, the other reads, and nobody else spells it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest

from components.listing import inventory
from fleet import labels, published
from fleet.charge import charged
from fleet.plan.deployment import Deployment
from fleet.published import Card, Link, Machine, MonthlyCost, Pool, outputs, published_fields
from fleet.source.defaults import DOMAIN
from policy.readers.surroundings import machine
from policy.views.kubernetes import PoolView
from policy.views.stack import CardView, LinkView, MachineView
from tests import trial_cloud, trial_cluster
from tests.unit.builders import ROOT, planned, shipped

VIEWS = {Machine: MachineView, Card: CardView, Link: LinkView, Pool: PoolView}
CLASSES = (*VIEWS, MonthlyCost)
KEYS = {one.key for kind in CLASSES for one in published_fields(kind)}
SPELLED_OUT = ("fleet/labels.py", "fleet/source/defaults.py", "fleet/published.py")


def _deployments() -> Iterator[Deployment]:
    for stack in shipped().stacks:
        yield charged(planned(stack), shipped())
    yield trial_cluster.trial()
    yield trial_cloud.trial(cloud=trial_cloud.FULL)


def _keys(values: Mapping[str, Any]) -> Iterator[tuple[type, str]]:
    """Every key of a machine's outputs, with the class that it is of."""
    parts: list[tuple[type, Mapping[str, Any]]] = [(Machine, values)]
    for key, kind in (("gpus", Card), ("nodePools", Pool), ("links", Link)):
        parts += [(kind, part) for part in values.get(key, {}).values()]
    parts.append((MonthlyCost, values.get(published.MONTHLY_COST, {})))
    return ((kind, key) for kind, part in parts for key in part)


def test_components_publish_fields_of_the_contract_alone() -> None:
    found = {pair for plan in _deployments() for pair in _keys(inventory(plan).outputs)}
    assert found <= {(kind, one.key) for kind in CLASSES for one in published_fields(kind)}
    # No machine here encrypts its LAN, and none is a board that ignores memory limits.
    assert {key for _, key in found} == KEYS - {"encryption", "memoryEnforced"}


@pytest.mark.parametrize("kind", VIEWS, ids=lambda kind: kind.__name__)
def test_a_view_has_every_field_that_is_not_for_people_alone(kind: type) -> None:
    seen = {one.name for one in fields(VIEWS[kind])}
    assert {one.name for one in published_fields(kind) if not one.for_people} <= seen
    assert not {one.name for one in published_fields(kind) if one.for_people} & seen


def test_a_policy_reads_what_a_component_wrote() -> None:
    card = Card(model="RTX", device="GPU-1", cuda="12.4", capacity_mib=5, desktop_reserve_mib=4, context_mib=3,
                mps=True, mps_uid=0, mps_clients_max=2)  # fmt: skip
    pool = Pool(nodes=2, cpus=8, memory_mib=7, arch="arm64", gpus=1, gpu_model="T4", cuda="12.4", gpu_memory_mib=6,
                sharing="shared-device", shared_replicas=4, context_mib=3)  # fmt: skip
    link = Link(machine="pc2", encryption="wireguard", accepted="one LAN")
    written = Machine(
        name="pc1", memory_mib=9, memory_reserve_mib=8, lan_address="192.168.1.2", subnets={"net": "10.0.0.0/24"},
        allowed_overlaps=("10.0.0.0/24",), start_after={"b": ("a",), "a": ()}, agents={"a": 2},
        links={"192.168.1.3": link}, monthly_cost_usd=MonthlyCost(idle=1, expected=2.5, maximum=3),
        monthly_cost_unknown=("tokens",), monthly_budget_usd=20.5, device_class="pc", arch="amd64",
        cards={"gpu0": card}, memory_enforced="on", pools={"gpu": pool}, pool_label="example.com/pool",
    )  # fmt: skip
    read = machine("logical", outputs(written))
    assert read.subject == "logical"
    assert read.unknown == frozenset()
    assert _read(read, Machine) == _read(written, Machine)


def _read(value: Any, kind: type) -> Mapping[str, Any]:
    """What a policy can read of either side, by field; parts by name."""
    return {
        one.name: _part(getattr(value, one.name)) for one in published_fields(kind) if not one.for_people
    }  # fmt: skip


def _part(value: Any) -> Any:
    if isinstance(value, MonthlyCost):
        return {one.name: getattr(value, one.name) for one in fields(value)}
    views = {CardView: (Card, "name"), PoolView: (Pool, "name"), LinkView: (Link, "address")}
    if isinstance(value, tuple) and value and type(value[0]) in views:
        kind, name = views[type(value[0])]
        return {getattr(part, name): _read(part, kind) for part in value}
    if isinstance(value, Mapping) and value and all(is_dataclass(part) for part in value.values()):
        return {name: _read(part, type(part)) for name, part in value.items()}
    return value


def test_what_is_none_is_not_published() -> None:
    assert outputs(Link(machine="pc2")) == {"machine": "pc2"}
    assert set(outputs(Machine())) == {"machine", "memoryMib", "memoryReserveMib", "lanAddress"}


def test_a_label_and_its_annotation_say_the_same() -> None:
    given = {labels.GPU_CARD: "gpu0", f"{labels.WAIVER_PREFIX}D02": "2030-01-01 it is built here"}
    assert labels.as_annotation(labels.GPU_CARD, "main") == "fleet.local/main.gpu.card"
    assert labels.as_annotation(labels.VOLUME_WRITERS) == "fleet.local/volume.writers"
    annotated = {**labels.as_annotations("main", given), **labels.as_annotations("main-2", {labels.TIER: "critical"})}
    assert labels.from_annotations("main", annotated) == given


def test_nothing_else_spells_a_key_or_a_label() -> None:
    names = {value for value in vars(labels).values() if isinstance(value, str) and value.startswith("fleet.")}
    # A plain word may mean anything; a key of two words is the contract's.
    words = {key for key in KEYS if not key.islower()} | names - {labels.PREFIX}
    found = {
        f"{file}: {text}"
        for file, text in _strings()
        if text in words or DOMAIN in text or labels.EXCEPTION_PREFIX in text or labels.WAIVER_PREFIX in text
    }
    assert found == set()


def _strings() -> Iterator[tuple[str, str]]:
    """Every string of the sources that is no docstring."""
    for folder in ("fleet", "components", "policy", "cli"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            file = str(path.relative_to(ROOT))
            if file not in SPELLED_OUT:
                yield from ((file, text) for text in _strings_of(path))


def _strings_of(path: Path) -> Iterator[str]:
    tree = ast.parse(path.read_text())
    docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node.value
