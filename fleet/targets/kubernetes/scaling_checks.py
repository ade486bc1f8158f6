"""Checks of autoscalers against the API of Kubernetes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fleet.model import ContainerGroup
from fleet.source.faults import Fault
from fleet.source.locations import Sources

STABILIZATION_S_MAX = 3600
"""Longest stabilization window (maxStabilizationWindowSeconds of pkg/apis/autoscaling/validation)."""


def ensure_copies_stop_in_time(groups: Sequence[ContainerGroup], sources: Sources) -> Iterator[Fault]:
    """The API server takes the delay before surplus copies stop."""
    for group in groups:
        if group.scaling.is_elastic and group.scaling.down_after_s > STABILIZATION_S_MAX:
            problem = f"{group.scaling.down_after_s} s exceed {STABILIZATION_S_MAX} s, the most that Kubernetes takes"
            remedy = f"set it to {STABILIZATION_S_MAX}s or less"
            yield sources.group_fault(group.name, ("scaling", "down_after"), problem, remedy)
