"""What containers stand in: networks, volumes, providers and machine components to their views."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from policy.readers.docker import host_folder, propagation_of, read_labels
from policy.readers.kubernetes_metadata import POOL_LABEL
from policy.readers.values import Properties, is_unknown
from policy.views.kubernetes import PoolView
from policy.views.scalars import as_text, as_whole
from policy.views.stack import CardView, ImageView, LinkView, MachineView, NetworkView, ProviderView, VolumeView

NETWORK = "docker:index/network:Network"
VOLUME = "docker:index/volume:Volume"
IMAGES = ("docker:index/image:Image", "docker:index/remoteImage:RemoteImage", "docker-build:index:Image")
PROVIDER = "pulumi:providers:"
_CLIENTS_MAX = 48


def is_machine(type_token: str) -> bool:
    """Whether a component publishes a machine: `fleet:docker:DockerMachine`, a `Cluster`, `CloudRun`."""
    return type_token.startswith("fleet:") and type_token.endswith(("Machine", ":Cluster", ":CloudRun"))


def docker_network(name: str, properties: Mapping[str, Any]) -> NetworkView:
    """A `docker:index/network:Network`; subnets as given, malformed ones included."""
    given = Properties(properties)
    subnets = [entry.text("subnet", "subnets") for entry in given.entries("ipamConfigs", "subnets")]
    return NetworkView(
        subject=name,
        name=given.text("name", "name") or name,
        subnets=tuple(subnet for subnet in subnets if subnet),
        unknown=frozenset(given.unknown),
    )


def docker_volume(name: str, properties: Mapping[str, Any]) -> VolumeView:
    """A `docker:index/volume:Volume`."""
    given = Properties(properties)
    return VolumeView(
        subject=name,
        name=given.text("name", "name") or name,
        labels=read_labels(given),
        device=host_folder(given.nested("driverOpts", "device"), "device"),
        propagation=propagation_of(given.nested("driverOpts", "propagation"), "propagation"),
        unknown=frozenset(given.unknown),
    )


def image(name: str, properties: Mapping[str, Any]) -> ImageView:
    """An image of the Docker provider (built, or pulled as a `RemoteImage`), or of the Docker Build provider."""
    given = Properties(properties)
    build = given.nested("build", "platforms")
    names = (given.text("imageName", "names"), given.text("name", "names"), *given.texts("tags", "names"))
    platforms = (given.text("platform", "platforms"), build.text("platform", "platforms"))
    return ImageView(
        subject=name,
        names=tuple(filter(None, names)),
        platforms=tuple(filter(None, (*platforms, *given.texts("platforms", "platforms")))),
        unknown=frozenset(given.unknown),
    )


def provider(type_token: str, name: str, properties: Mapping[str, Any]) -> ProviderView:
    """An explicit or default provider; inputs other than text travel as JSON in a text."""
    given = Properties({key: _decoded(value) for key, value in properties.items()})
    certificates = [properties.get(key) for key in ("certPath", "certMaterial")]
    return ProviderView(
        subject=name,
        package=type_token.removeprefix(PROVIDER),
        host=given.text("host", "host"),
        namespace=given.text("namespace", "namespace") or "",
        # A certificate that is not known yet, or hidden as a secret, is a certificate.
        tls=any(is_unknown(value) or as_text(value) for value in certificates),
        unknown=frozenset(given.unknown),
    )


def machine(name: str, outputs: Mapping[str, Any]) -> MachineView:
    """What a machine component published; a figure that is missing reads as 0."""
    given = Properties(outputs)
    return MachineView(
        subject=name,
        name=given.text("machine", "name") or name,
        memory_mib=given.whole("memoryMib", "memory_mib") or 0,
        memory_reserve_mib=given.whole("memoryReserveMib", "memory_mib") or 0,
        lan_address=given.text("lanAddress", "lan_address") or "",
        cards=tuple(_cards(given)),
        subnets={key: text for key, item in given.mapping("subnets", "subnets").items() if (text := as_text(item))},
        allowed_overlaps=tuple(given.texts("allowedOverlaps", "subnets")),
        start_after=_start_after(given.nested("startAfter", "start_after"), given.mapping("startAfter", "start_after")),
        device_class=given.text("deviceClass", "device_class") or "",
        arch=given.text("arch", "arch") or "",
        agents=_manifest(given),
        memory_enforced=given.text("memoryEnforced", "memory_enforced") or "",
        links=tuple(_links(given)),
        pools=tuple(_pools(given)),
        pool_label=given.text("poolLabel", "pools") or POOL_LABEL,
        monthly_budget_usd=given.number("monthlyBudgetUsd", "monthly_budget_usd"),
        monthly_cost_usd=_amounts(given, "monthlyCostUsd", "monthly_cost_usd"),
        monthly_cost_unknown=tuple(given.texts("monthlyCostUnknown", "monthly_cost_unknown")),
        unknown=frozenset(given.unknown),
    )


def _manifest(given: Properties) -> Mapping[str, int] | None:
    if not given.has("agents"):
        return None
    counts = given.mapping("agents", "agents")
    return {group: count for group, item in counts.items() if (count := as_whole(item)) is not None}


def _amounts(given: Properties, key: str, field: str) -> Mapping[str, float]:
    amounts = given.nested(key, field)
    found = {name: amounts.number(name, field) for name in ("idle", "expected", "maximum")}
    return {name: float(amount) for name, amount in found.items() if amount is not None}


def _links(given: Properties) -> Iterator[LinkView]:
    links = given.nested("links", "links")
    for address in given.mapping("links", "links"):
        link = links.nested(address, "links")
        yield LinkView(
            address,
            machine=link.text("machine", "links") or address,
            encryption=link.text("encryption", "links") or "",
            accepted=link.text("none", "links") or "",
        )


def _pools(given: Properties) -> Iterator[PoolView]:
    pools = given.nested("nodePools", "pools")
    for key in given.mapping("nodePools", "pools"):
        pool = pools.nested(key, "pools")
        yield PoolView(
            name=key,
            nodes=pool.whole("nodes", "pools") or 0,
            memory_mib=pool.whole("memoryMib", "pools") or 0,
            gpus=pool.whole("gpus", "pools") or 0,
            gpu_model=pool.text("gpuModel", "pools") or "",
            gpu_memory_mib=pool.whole("gpuMemoryMib", "pools") or 0,
            sharing=pool.text("gpuSharing", "pools") or "none",
            shared_replicas=max(1, pool.whole("sharedReplicas", "pools") or 1),
            context_mib=pool.whole("contextMib", "pools") or 0,
            cuda=pool.text("cuda", "pools") or "",
            arch=pool.text("arch", "pools") or "",
        )


def _cards(given: Properties) -> Iterator[CardView]:
    cards = given.nested("gpus", "cards")
    for key in given.mapping("gpus", "cards"):
        card = cards.nested(key, "cards")
        yield CardView(
            name=key,
            model=card.text("model", "cards") or "",
            capacity_mib=card.whole("capacityMib", "cards") or 0,
            desktop_reserve_mib=card.whole("desktopReserveMib", "cards") or 0,
            context_mib=card.whole("contextMib", "cards") or 0,
            mps=card.flag("mps", "cards"),
            mps_uid=card.whole("mpsUid", "cards"),
            mps_clients_max=card.whole("mpsClientsMax", "cards") or _CLIENTS_MAX,
            device=card.text("device", "cards") or "",
            cuda=card.text("cuda", "cards") or "",
        )


def _start_after(given: Properties, groups: Mapping[str, Any]) -> Mapping[str, tuple[str, ...]]:
    return {group: tuple(given.texts(group, "start_after")) for group in groups}


def _decoded(value: Any) -> Any:
    if not isinstance(value, str) or value[:1] not in ('"', "[", "{"):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value
