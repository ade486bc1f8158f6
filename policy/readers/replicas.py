"""The minimum number of pods of a workload, used in sums over a cluster."""

from __future__ import annotations

from collections.abc import Sequence

from policy.views.kubernetes import PodView
from policy.views.selection import Scalers
from policy.views.stack import MachineView

MOST = 1_000_000
"""No cluster runs more pods; a larger number is a mistake, and sums must stay readable."""


def replicas_of(pod: PodView, scalers: Scalers, machines: Sequence[MachineView]) -> int:
    """The minimum number of pods. A workload that scales to zero has one: it must fit when it runs."""
    if pod.kind == "DaemonSet":
        return max(1, min(MOST, _nodes(pod, machines)))
    scaler = scalers.of(pod)
    given = scaler.least if scaler else pod.replicas
    return 1 if given is None else max(1 if scaler else 0, min(MOST, given))


def _nodes(pod: PodView, machines: Sequence[MachineView]) -> int:
    return sum(
        pool.nodes
        for machine in machines
        if machine.subject == pod.host
        for pool in machine.pools
        if pod.node_selector.get(machine.pool_label, pool.name) == pool.name
    )
