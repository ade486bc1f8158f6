"""The resources of two plans, matched and compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cli.diff.fields import changed_fields
from cli.diff.model import Kind, ResourceChange
from cli.diff.verdicts import replacing_fields

_COMPONENT = "fleet:"
_CONTAINER = "docker:index/container:Container"
_NETWORK = "docker:index/network:Network"
_PROVIDER = "pulumi:providers:"
_DATA = (
    "docker:index/volume:Volume",
    "kubernetes:core/v1:PersistentVolumeClaim",
    "gcp:storage/bucket:Bucket",
    "gcp:artifactregistry/repository:Repository",
    "gcp:secretmanager/secret:Secret",
)

Plan = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource of a plan that a provider makes; components are none."""

    type: str
    name: str
    group: str | None
    inputs: Mapping[str, Any]
    protect: bool | None
    """None in a plan that does not say."""


Key = tuple[str, str, str]


def resources_of(plan: Plan) -> dict[Key, Resource]:
    """By what makes a URN: the types of its parents, its own, its name."""
    parents = {item["name"]: item for item in plan["resources"] if item["type"].startswith(_COMPONENT)}
    groups = {f"{plan['stack']}-{group['name']}": group["name"] for group in plan["groups"]}
    found = {}
    for item in plan["resources"]:
        if item["type"].startswith(_COMPONENT):
            continue
        chain = list(_chain(item["parent"], parents))
        group = next((groups[name] for name in chain if name in groups), None)
        types = "$".join(parents[name]["type"] for name in chain)
        found[types, item["type"], item["name"]] = Resource(
            item["type"], item["name"], group, item["inputs"], item.get("protect")
        )
    return found


def _chain(parent: str | None, parents: Mapping[str, Any]) -> Iterator[str]:
    while parent is not None and parent in parents:
        yield parent
        above = parents[parent]["parent"]
        parent = above if above != parent else None


def compare_resources(before: Mapping[Key, Resource], after: Mapping[Key, Resource]) -> tuple[ResourceChange, ...]:
    """Every resource that does not stay as it is, in the order of the plans; what is removed comes last."""
    changes = []
    networks, providers = set(_replaced_networks(before, after)), dict(_replaced_providers(before, after))
    for key, new in after.items():
        old = before.get(key)
        change = (
            _compare(old, new, networks, providers)
            if old
            else ResourceChange(Kind.ADDED, new.type, new.name, new.group)
        )
        if change:
            changes.append(change)
    for key, old in before.items():
        if key not in after:
            changes.append(ResourceChange(Kind.REMOVED, old.type, old.name, old.group, warning=_loss(old)))
    return tuple(changes)


def _compare(old: Resource, new: Resource, networks: set[str], providers: Mapping[str, str]) -> ResourceChange | None:
    fields = changed_fields(new.type, old.inputs, new.inputs)
    why = replacing_fields(new.type, [field.path for field in fields])
    if provider := providers.get(new.type.partition(":")[0]):
        why = (*why, f"provider {provider} is replaced")
    if not why and new.type == _CONTAINER:
        why = tuple(f"network {name} is replaced" for name in _joined(new) if name in networks)
    if not (fields or why):
        return None
    kind = Kind.REPLACED if why else Kind.CHANGED
    return ResourceChange(kind, new.type, new.name, new.group, fields, why, _loss(old) if why else "")


def _replaced_networks(before: Mapping[Key, Resource], after: Mapping[Key, Resource]) -> Iterator[str]:
    """Names of networks that are replaced: a container cannot stay on one meanwhile."""
    for key, new in after.items():
        old = before.get(key)
        if new.type == _NETWORK and old and old.inputs != new.inputs:
            yield str(new.inputs.get("name"))


def _replaced_providers(before: Mapping[Key, Resource], after: Mapping[Key, Resource]) -> Iterator[tuple[str, str]]:
    """Package -> name, of the providers that are replaced: so is all that they made."""
    for key, new in after.items():
        old = before.get(key)
        if old and new.type.startswith(_PROVIDER):
            fields = changed_fields(new.type, old.inputs, new.inputs)
            if replacing_fields(new.type, [field.path for field in fields]):
                yield new.type.removeprefix(_PROVIDER), new.name


def _joined(container: Resource) -> Sequence[str]:
    return [str(joined.get("name")) for joined in container.inputs.get("networksAdvanced", [])]


def _loss(resource: Resource) -> str:
    """What becomes of data in a resource that goes; empty for one that holds none."""
    if resource.protect:
        return "holds data and is protected: pulumi up stops at it until pulumi state unprotect says that it may go"
    if resource.type not in _DATA:
        return ""
    if resource.protect is None:
        return "may hold data: the base does not say whether it is protected"
    return "is not protected: what is in it goes with it"
