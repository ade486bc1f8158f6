"""What commands show of a cluster."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from cli.view import bar
from cli.view.memory import Taken
from cli.view.targets.base import TargetView
from fleet.model import Machine
from fleet.plan.deployment import Deployment, PlannedGroup
from fleet.text import gibibytes, plural

if TYPE_CHECKING:
    from rich.console import Console


class _Kubernetes(TargetView):
    exports = ("kubernetes", "helm")

    def show(self, out: Console, deployment: Deployment) -> None:
        from cli.view.targets.kubernetes_text import show_cluster

        if deployment.machine.cluster:
            show_cluster(out, deployment, deployment.machine.cluster)

    def capacity(self, machine: Machine) -> Iterator[str]:
        if machine.cluster:
            yield plural(sum(pool.nodes for pool in machine.cluster.node_pools.values()), "node")
        yield from super().capacity(machine)

    def main_memory(self, deployment: Deployment) -> tuple[str, Taken]:
        return "Main memory of the nodes", main_memory(deployment)

    def operation(self, group: PlannedGroup) -> Iterator[str]:
        scaling, state, rollout = group.operation.scaling, group.operation.state, group.operation.rollout
        if scaling.is_elastic:
            yield f"{scaling.min} to {scaling.max} copies"
        elif scaling.max > 1:
            yield f"{scaling.max} copies"
        if state and state.candidate:
            yield f"{rollout.strategy}: {state.percent} % of requests to {state.track.other}, {state.candidate}"

    def json(self, deployment: Deployment) -> Mapping[str, Any]:
        return {
            "pools": [
                {
                    "name": use.name,
                    "model": use.gpu.model,
                    "cards": use.cards,
                    "capacity_mib": use.gpu.memory_mib,
                    "taken_mib": sum(mib for _, mib in use.taken),
                    "sharing": use.gpu.sharing,
                    "copies": {"least": use.copies_min, "most": use.copies_max, "placed": use.placed("copies_max")},
                }
                for use in deployment.pools
            ],
            "namespaces": [
                {key: value for key, value in asdict(namespace).items() if key != "volumes"}
                for namespace in deployment.namespaces
            ],
            "edges": [
                {"from": e.source, "to": e.target, "port": e.port, "protocol": e.protocol, "at": e.address}
                for e in deployment.edges
            ],
        }


def main_memory(deployment: Deployment) -> Taken:
    """Main memory of a cluster's nodes at minimum and maximum copies."""
    capacity = deployment.machine.memory_mib
    least = sum(namespace.least.memory_request_mib for namespace in deployment.namespaces)
    most = max(least, sum(namespace.most.memory_request_mib for namespace in deployment.namespaces))
    parts = (
        *bar.shares([("at minimum", least)]),
        bar.overhead("up to maximum", most - least),
        bar.free(capacity - most),
    )
    return Taken(parts, f"{gibibytes(least)} requested, {gibibytes(most)} at maximum, of {gibibytes(capacity)}")


VIEW = _Kubernetes()
