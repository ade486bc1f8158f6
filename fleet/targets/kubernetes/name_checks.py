"""Checks of names on a cluster: everything a group owns is named after it, and no two objects share a name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fleet.model import ContainerGroup, Stack, Track
from fleet.network.addresses import AddressBook
from fleet.network.kubernetes_names import (
    DEFAULT_ACCOUNT,
    DEFAULT_DENY,
    DNS_POLICY,
    certificate_name,
    workload_name,
)
from fleet.network.tenants import tenants_of
from fleet.source.faults import Fault
from fleet.source.locations import Sources
from fleet.targets.kubernetes.capacity import cluster_of

_NAMESPACE_LENGTH_MAX = 63
_TAKEN = {
    DEFAULT_DENY: "the network policy that denies all other traffic",
    DNS_POLICY: "the network policy that allows DNS",
    DEFAULT_ACCOUNT: "the service account that Kubernetes creates in every namespace",
    "kubernetes": "the service of the Kubernetes API",
}
"""Name of an object that no group owns -> what it is."""


def ensure_objects_have_their_own_names(
    stack: Stack, groups: Sequence[ContainerGroup], book: AddressBook, sources: Sources
) -> Iterator[Fault]:
    """No group, and no version of one, is named like another or like a shared object: one would replace the other."""
    owners = {**_TAKEN, **{group.name: f"group {group.name}" for group in groups if group.name not in _TAKEN}}
    for group in groups:
        if what := _TAKEN.get(group.name):
            problem = f"{group.name} is the name of {what} on {stack.name}"
            yield sources.group_fault(group.name, (), problem, "rename the group's file")
    elsewhere = {
        endpoint.name_elsewhere: f"the service for {endpoint.ref} of {endpoint.stack.name}"
        for group in groups
        for endpoint in book.used_by(group.name)
        if endpoint.stack.name != stack.name
    }
    for group in groups:
        for track in Track if group.rollout.has_two_tracks else ():
            name = workload_name(group.name, track)
            if other := owners.get(name) or elsewhere.get(name):
                problem = f"its version {name} on {stack.name} has the name of {other}"
                yield sources.group_fault(group.name, ("rollout", "strategy"), problem, "rename one of the two")
            owners.setdefault(name, f"a version of {group.name}")


def ensure_certificates_are_no_secrets(
    stack: Stack, groups: Sequence[ContainerGroup], sources: Sources
) -> Iterator[Fault]:
    """No secret of a group is the one in which cert-manager keeps a certificate of the same namespace."""
    entrance = cluster_of(stack).entrance
    exposed = [group for group in groups if entrance and group.name in entrance.exposed]
    certificates = {(group.tenant, certificate_name(group.name)): group.name for group in exposed}
    for group in groups:
        for key, container in group.containers.items():
            for name in container.secrets:
                if owner := certificates.get((group.tenant, name)):
                    problem = f"{name} is the secret with the certificate of {owner} on {stack.name}"
                    path = ("containers", key, "secrets")
                    item = sources.key_of_item(group.name, path, name)
                    yield sources.group_fault(group.name, (*path, item), problem, "rename the secret")


def ensure_namespaces_have_names(stack: Stack, groups: Sequence[ContainerGroup], sources: Sources) -> Iterator[Fault]:
    """A tenant's namespace is its own, with a name that is a DNS label; a longer one is refused, never truncated."""
    cluster, path = cluster_of(stack), ("machine", "cluster", "namespace")
    others = {cluster.metrics_namespace: "metrics_namespace"}
    if cluster.entrance:
        others[cluster.entrance.namespace] = "entrance.namespace"
    for tenant in tenants_of(groups):
        name = cluster.namespace_of(tenant)
        if len(name) > _NAMESPACE_LENGTH_MAX:
            problem = f"{name} has {len(name)} characters; a namespace has at most {_NAMESPACE_LENGTH_MAX}"
            yield sources.stack_fault(stack.name, path, problem, "shorten it, or the tenant's name")
        elif name in others:
            problem = f"{name}, the namespace of tenant {tenant}, is also {others[name]}"
            yield sources.stack_fault(stack.name, path, problem, "rename it, or the tenant")
