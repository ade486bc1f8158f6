"""What readers of containers share: those of pods and Cloud Run templates, and in part Docker's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields

from fleet.frozen import dataclass
from policy.readers.quantities import quantity
from policy.readers.values import Properties
from policy.views.container import ContainerPort, ContainerView
from policy.views.scalars import as_whole

_EVERYTHING = frozenset(field.name for field in fields(ContainerView)) - {
    "subject",
    "target",
    "name",
    "role",
    "unknown",
}


@dataclass(frozen=True, slots=True)
class Template:
    """What a container has of its pod or template."""

    spec: Properties
    annotations: Mapping[str, str]
    ends: bool
    """Its containers end by themselves."""
    labels_unknown: bool


def placeholder(subject: str, target: str) -> ContainerView:
    """Stands for containers that are not known yet: all its fields are unknown."""
    name = "(unknown)"
    return ContainerView(f"{subject}/{name}", target, name, unknown=_EVERYTHING)


def capabilities(given: Properties, key: str, field: str) -> tuple[str, ...]:
    """Names in upper case, with the `CAP_` prefix."""
    names = [text.strip().upper() for text in given.nested("capabilities", field).texts(key, field)]
    return tuple(name if name == "ALL" or name.startswith("CAP_") else f"CAP_{name}" for name in names)


def devices_in(resources: Mapping[str, object]) -> Mapping[str, int]:
    """Extended resources, such as `nvidia.com/gpu`, that are requested at least once."""
    counts = {key: max(0, as_whole(quantity(value)) or 0) for key, value in resources.items() if "/" in key}
    return {key: count for key, count in counts.items() if count}


def kind_of(volume: Properties, field: str) -> tuple[str, Properties]:
    """Kind of a volume, which is the key next to its name, and what is below it."""
    kind = next((key for key in volume.names() if key != "name"), "")
    return kind, volume.nested(kind, field)


def container_ports(entries: Iterable[Properties]) -> Iterator[ContainerPort]:
    """Ports of the entries that have a number."""
    for entry in entries:
        if number := entry.whole("containerPort", "container_ports"):
            protocol = (entry.text("protocol", "container_ports") or "tcp").lower()
            yield ContainerPort(number, entry.text("name", "container_ports") or "", protocol)


def env(given: Properties, key: str) -> Iterator[tuple[str, str]]:
    """(name, value) of every variable; the value is empty if it comes from elsewhere."""
    for entry in given.entries(key, "env"):
        yield entry.text("name", "env") or "", entry.text("value", "env") or ""


def env_secrets(given: Properties, key: str, source: str) -> Iterator[str]:
    """Names of the variables filled from a secret."""
    for entry in given.entries(key, "env_secrets"):
        if entry.nested(source, "env_secrets").has("secretKeyRef"):
            yield entry.text("name", "env_secrets") or ""
