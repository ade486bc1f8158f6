"""Registered resources to the StackView that rules judge."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from policy.readers import KUBERNETES_PACKAGE, reader_of
from policy.readers.replicas import replicas_of
from policy.readers.surroundings import PROVIDER, is_machine, machine, provider
from policy.readers.values import Properties
from policy.views.cloudrun import RunGrantView, RunView
from policy.views.container import ContainerView
from policy.views.kubernetes import DEFAULT_NAMESPACE, ObjectView, PodView
from policy.views.registered import Registered
from policy.views.selection import Scalers
from policy.views.stack import ImageView, MachineView, NetworkView, StackView, VolumeView

_URN_PARTS = 4
"""`urn:pulumi:<stack>::<project>::<types>::<name>`; a provider's reference adds its id."""

_CLUSTER_WIDE = ("Namespace", "ClusterRole", "ClusterRoleBinding", "PriorityClass")


def collection_of(type_token: str) -> str:
    """The collection of StackView that a type of resource is in; empty if no rule reads it."""
    found = reader_of(type_token)
    return found[0] if found else ""


def stack_view(resources: Sequence[Registered]) -> StackView:
    """The views of all resources."""
    machines = [(r.urn, machine(r.name, r.outputs)) for r in resources if is_machine(r.type)]
    hosts = _Hosts(resources, dict(machines))
    views: dict[str, list[Any]] = defaultdict(list)
    for resource in resources:
        for collection, view in _read(resource, hosts):
            views[collection].append(view)
    _settle(views, [view for _, view in machines])
    containers = [(view.subject, view.urn) for view in views["containers"]]
    others = [(resource.name, resource.urn) for resource in resources]
    return StackView(
        machines=tuple(view for _, view in machines),
        urns=dict(reversed([*containers, *others])),
        **{name: tuple(found) for name, found in views.items()},
    )


def _read(resource: Registered, hosts: _Hosts) -> Iterator[tuple[str, Any]]:
    """(collection, view) of everything in a resource."""
    if resource.type.startswith(PROVIDER):
        yield "providers", provider(resource.type, resource.name, resource.inputs)
    if not (found := reader_of(resource.type)):
        return
    collection, kind, read = found
    given = Properties(resource.inputs)
    view = read(given, resource.name, kind)
    noted = frozenset(given.unknown)
    if isinstance(view, NetworkView | ImageView):
        yield collection, replace(view, unknown=noted)
        return
    urn, host = resource.urn, hosts.of(resource)
    if isinstance(view, ContainerView):
        ends_first = view.ends_first or bool(resource.deletes_first)
        yield collection, replace(view, urn=urn, host=host, ends_first=ends_first, unknown=noted)
    elif isinstance(view, VolumeView):
        yield collection, replace(view, host=host, protected=resource.protect, unknown=noted)
    elif isinstance(view, PodView | RunView):
        inside = tuple(replace(container, urn=urn, host=host) for container in view.containers)
        yield from (("containers", container) for container in inside)
        namespace = _namespace(view, resource, hosts)
        yield collection, replace(view, urn=urn, host=host, namespace=namespace, containers=inside, unknown=noted)
    else:
        yield collection, replace(view, urn=urn, host=host, namespace=_namespace(view, resource, hosts), unknown=noted)


def _namespace(view: ObjectView, resource: Registered, hosts: _Hosts) -> str:
    in_none = view.kind in _CLUSTER_WIDE or isinstance(view, RunView | RunGrantView)
    return "" if in_none else view.namespace or hosts.namespace_of(resource)


def _settle(views: dict[str, list[Any]], machines: Sequence[MachineView]) -> None:
    """Sets replicas, which depend on autoscalers and nodes."""
    scalers = Scalers(views["scalers"])
    counts = {pod.urn: replicas_of(pod, scalers, machines) for pod in views["pods"]}
    views["containers"] = [_counted(view, counts) for view in views["containers"]]
    views["pods"] = [
        replace(pod, containers=tuple(_counted(view, counts) for view in pod.containers)) for pod in views["pods"]
    ]


def _counted(view: ContainerView, counts: Mapping[str, int]) -> ContainerView:
    count = counts.get(view.urn, 1)
    return view if count == view.replicas else replace(view, replicas=count)


class _Hosts:
    """Finds what a resource runs on: the machine above it or above its provider, the only machine, or its provider."""

    def __init__(self, resources: Iterable[Registered], machines: Mapping[str, MachineView]) -> None:
        self._parents = {resource.urn: resource.parent for resource in resources}
        self._machines = machines
        self._namespaces = {
            resource.urn: provider(resource.type, resource.name, resource.inputs).namespace
            for resource in resources
            if resource.type == f"{PROVIDER}{KUBERNETES_PACKAGE.rstrip(':')}"
        }

    def of(self, resource: Registered) -> str:
        provider_urn = _provider_urn(resource)
        for urn in (*self._upwards(resource.urn), *self._upwards(provider_urn)):
            if urn in self._machines:
                return self._machines[urn].subject
        if len(self._machines) == 1:
            return next(iter(self._machines.values())).subject
        return provider_urn

    def namespace_of(self, resource: Registered) -> str:
        """The namespace of an object that sets none: its provider's, the only provider's, or Kubernetes' default."""
        known = self._namespaces.get(_provider_urn(resource))
        if known is None and len(self._namespaces) == 1:
            known = next(iter(self._namespaces.values()))
        return known or DEFAULT_NAMESPACE

    def _upwards(self, urn: str) -> Iterator[str]:
        seen: set[str] = set()
        while urn and urn not in seen:
            yield urn
            seen.add(urn)
            urn = self._parents.get(urn, "")


def _provider_urn(resource: Registered) -> str:
    return "::".join(resource.provider.split("::")[:_URN_PARTS])
