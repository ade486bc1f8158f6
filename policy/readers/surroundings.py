"""Networks, volumes, images, providers and machine components to their views."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from fleet import published
from fleet.published import published_fields
from fleet.source.defaults import POOL_LABEL
from policy.readers.docker import host_folder, propagation_of, read_labels
from policy.readers.values import Properties, is_unknown
from policy.views.kubernetes import PoolView
from policy.views.scalars import as_text, as_whole
from policy.views.stack import CardView, ImageView, LinkView, MachineView, NetworkView, ProviderView, VolumeView

IMAGES = ("docker:index/image:Image", "docker:index/remoteImage:RemoteImage", "docker-build:index:Image")
PROVIDER = "pulumi:providers:"

_Reader = Callable[[Properties, str, str], Any]
"""(properties, key, field of the view) -> value; None where it is missing."""


def is_machine(type_token: str) -> bool:
    """Whether a component publishes a machine: `fleet:docker:DockerMachine`, a `Cluster`, `CloudRun`."""
    return type_token.startswith("fleet:") and type_token.endswith(("Machine", ":Cluster", ":CloudRun"))


def docker_network(given: Properties, name: str, kind: str) -> NetworkView:
    """A `docker:index/network:Network`; subnets as given, malformed ones included."""
    subnets = (entry.text("subnet", "subnets") for entry in given.entries("ipamConfigs", "subnets"))
    return NetworkView(name, given.text("name", "name") or name, tuple(filter(None, subnets)))


def docker_volume(given: Properties, name: str, kind: str) -> VolumeView:
    """A `docker:index/volume:Volume`."""
    return VolumeView(
        subject=name,
        name=given.text("name", "name") or name,
        labels=read_labels(given),
        device=host_folder(given.nested("driverOpts", "device"), "device"),
        propagation=propagation_of(given.nested("driverOpts", "propagation"), "propagation"),
    )


def image(given: Properties, name: str, kind: str) -> ImageView:
    """An image of the Docker provider (built, or pulled as a `RemoteImage`), or of the Docker Build provider."""
    build = given.nested("build", "platforms")
    names = (given.text("imageName", "names"), given.text("name", "names"), *given.texts("tags", "names"))
    platforms: tuple[str | None, ...] = (given.text("platform", "platforms"), build.text("platform", "platforms"))
    platforms = (*platforms, *given.texts("platforms", "platforms"))
    base = given.nested("build", "base").nested("args", "base").text("BASE", "base")
    base = base or given.nested("buildArgs", "base").text("BASE", "base")
    arguments = {
        **given.nested("build", "arguments").mapping("args", "arguments"),
        **given.mapping("buildArgs", "arguments"),
    }
    return ImageView(
        name,
        tuple(filter(None, names)),
        tuple(filter(None, platforms)),
        base or "",
        {key: as_text(value) or "" for key, value in arguments.items()},
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
    """Outputs of a machine component; a missing figure reads as 0."""
    given = Properties(outputs)
    read = _read(published.Machine, given)
    read |= {"name": read["name"] or name, "pool_label": read.get("pool_label") or POOL_LABEL}
    return MachineView(subject=name, **read, unknown=frozenset(given.unknown))


_NOTED = {"memory_reserve_mib": "memory_mib", "allowed_overlaps": "subnets", "pool_label": "pools"}
"""Published field -> field of the view that is unknown with it, if the names differ."""


def _read(kind: type, given: Properties, noted: str = "") -> dict[str, Any]:
    """Fields of a view by name, without missing ones that have no default; noted: the field that is unknown then."""
    found = {}
    for one in published_fields(kind):
        if not one.for_people:
            value = _READERS[one.type](given, one.key, noted or _NOTED.get(one.name, one.name))
            value = one.default if value is None else value
            if value is not None:
                found[one.name] = value
    return found


def _each(kind: type, view: Callable[..., Any]) -> _Reader:
    """Reads a mapping of names to parts of a machine."""

    def read(given: Properties, key: str, noted: str) -> tuple[Any, ...]:
        inside = given.nested(key, noted)
        parts = {name: inside.nested(name, noted) for name in given.mapping(key, noted)}
        return tuple(view(name, **_read(kind, part, noted)) for name, part in parts.items())

    return read


def _mapping(given: Properties, key: str, noted: str, read: Callable[[Any], Any]) -> Mapping[str, Any] | None:
    if not given.has(key):
        return None
    items = given.mapping(key, noted).items()
    return {name: value for name, item in items if (value := read(item)) is not None}


def _texts_by_name(given: Properties, key: str, noted: str) -> Mapping[str, tuple[str, ...]]:
    inside = given.nested(key, noted)
    return {name: tuple(inside.texts(name, noted)) for name in given.mapping(key, noted)}


def _count(given: Properties, key: str, noted: str) -> int | None:
    count = given.whole(key, noted)
    return count if count and count > 0 else None


def _link(address: str, machine: str, **more: Any) -> LinkView:
    return LinkView(address, machine or address, **more)


def _cost(given: Properties, key: str, noted: str) -> Mapping[str, float]:
    return {load: float(usd) for load, usd in _read(published.MonthlyCost, given.nested(key, noted), noted).items()}


_READERS: Mapping[str, _Reader] = {
    "str": Properties.text,
    "int": Properties.whole,
    "Count": _count,
    "float": Properties.number,
    "bool": Properties.flag,
    "tuple[str, ...]": lambda given, key, noted: tuple(given.texts(key, noted)),
    "Mapping[str, str]": partial(_mapping, read=as_text),
    "Mapping[str, int]": partial(_mapping, read=as_whole),
    "Mapping[str, tuple[str, ...]]": _texts_by_name,
    "Mapping[str, Link]": _each(published.Link, _link),
    "Mapping[str, Card]": _each(published.Card, CardView),
    "Mapping[str, Pool]": _each(published.Pool, PoolView),
    "MonthlyCost": _cost,
}
"""Annotation of a published field -> its reader; a value of the wrong type reads as missing."""


def _decoded(value: Any) -> Any:
    if not isinstance(value, str) or value[:1] not in ('"', "[", "{"):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value
