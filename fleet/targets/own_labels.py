"""Labels of a group's own where its containers share one object: a pod, or a template of Cloud Run."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.model import ContainerGroup, Stack
from fleet.source.faults import Fault
from fleet.source.locations import Sources
from fleet.source.redaction import shown

GOOGLES = ("googleapis.com/", "knative.dev/")
"""Ends of annotation domains that Cloud Run and Knative reserve."""


def own_label_faults(
    group: ContainerGroup, stack: Stack, sources: Sources, reserved: tuple[str, ...] = ()
) -> Iterator[Fault]:
    """Labels with another value in another container of the group, and those in a reserved domain."""
    owners: dict[str, tuple[str, str]] = {}
    for key, container in group.containers.items():
        for label, value in container.labels.items():
            path = ("containers", key, "labels", label)
            owner, other = owners.setdefault(label, (key, value))
            domain = next((domain for domain in reserved if domain in label), None)
            if domain:
                problem = f"{stack.name} reserves annotations of {domain.rstrip('/')}"
                yield sources.group_fault(group.name, path, problem, "use another key, or a setting of the stack")
            if other != value:
                problem = f"{shown(value)} differs from {shown(other)} of {owner}, and {stack.name} has one for both"
                yield sources.group_fault(group.name, path, problem, "use the same value, or another key")
