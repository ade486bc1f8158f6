"""Matches and compares the resources of two plans."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cli.diff.fields import changed_fields
from cli.diff.model import Kind, ResourceChange
from cli.diff.verdicts import PROVIDER, replacing_fields

_COMPONENT = "fleet:"
_CONTAINER = "docker:index/container:Container"
_NETWORK = "docker:index/network:Network"
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
    """A resource of a provider."""

    type: str
    name: str
    group: str | None
    inputs: Mapping[str, Any]
    protect: bool | None
    """None if the plan lacks the field."""


Key = tuple[str, str, str]


def resources_of(plan: Plan) -> dict[Key, Resource]:
    """Resources by what their URN consists of: types of the parents, own type, name. Components are left out."""
    parents = {item["name"]: item for item in plan["resources"] if item["type"].startswith(_COMPONENT)}
    groups = {f"{plan['stack']}-{group['name']}": group["name"] for group in plan["groups"]}
    resources = {}
    for item in plan["resources"]:
        type_, name = item["type"], item["name"]
        if not type_.startswith(_COMPONENT):
            chain = list(_chain(item["parent"], parents))
            group = next((groups[parent] for parent in chain if parent in groups), None)
            key = "$".join(parents[parent]["type"] for parent in chain), type_, name
            resources[key] = Resource(type_, name, group, item["inputs"], item.get("protect"))
    return resources


def _chain(parent: str | None, parents: Mapping[str, Any]) -> Iterator[str]:
    while parent is not None and parent in parents:
        yield parent
        above = parents[parent]["parent"]
        parent = above if above != parent else None


def compare_resources(before: Mapping[Key, Resource], after: Mapping[Key, Resource]) -> tuple[ResourceChange, ...]:
    """Every resource that changes, in the order of the plans; removed ones last."""
    both = [(before[key], new) for key, new in after.items() if key in before]
    # A container cannot stay on a network while it is replaced.
    networks = {str(new.inputs.get("name")) for old, new in both if new.type == _NETWORK and old.inputs != new.inputs}
    # Package -> name: replacing a provider replaces all its resources.
    providers = {
        new.type.removeprefix(PROVIDER): new.name
        for old, new in both
        if new.type.startswith(PROVIDER)
        and replacing_fields(new.type, [field.path for field in changed_fields(new.type, old.inputs, new.inputs)])
    }
    changes = [
        _compare(before[key], new, networks, providers)
        if key in before
        else ResourceChange(Kind.ADDED, new.type, new.name, new.group)
        for key, new in after.items()
    ]
    removed = [
        ResourceChange(Kind.REMOVED, old.type, old.name, old.group, warning=_loss(old))
        for key, old in before.items()
        if key not in after
    ]
    return (*(change for change in changes if change), *removed)


def _compare(old: Resource, new: Resource, networks: set[str], providers: Mapping[str, str]) -> ResourceChange | None:
    fields = changed_fields(new.type, old.inputs, new.inputs)
    why = replacing_fields(new.type, [field.path for field in fields])
    if provider := providers.get(new.type.partition(":")[0]):
        why = (*why, f"provider {provider} is replaced")
    if not why and new.type == _CONTAINER:
        joined = [str(network.get("name")) for network in new.inputs.get("networksAdvanced", [])]
        why = tuple(f"network {name} is replaced" for name in joined if name in networks)
    if not (fields or why):
        return None
    kind = Kind.REPLACED if why else Kind.CHANGED
    return ResourceChange(kind, new.type, new.name, new.group, fields, why, _loss(old) if why else "")


def _loss(resource: Resource) -> str:
    if resource.protect:
        return "holds data and is protected: pulumi up fails until pulumi state unprotect"
    if resource.type not in _DATA:
        return ""
    if resource.protect is None:
        return "may hold data: the base does not say whether it is protected"
    return "is not protected: its data will be deleted"
