"""Cost of a cluster: the nodes of its pools."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fleet.cost.figures import HOURS_PER_MONTH, Amounts, Part, price
from fleet.cost.target import TargetCosts
from fleet.model import Cluster, ContainerGroup, Machine
from fleet.text import plural


class _Kubernetes(TargetCosts):
    def machine(self, machine: Machine, groups: Sequence[ContainerGroup]) -> tuple[Part, ...]:
        return tuple(_pools(machine.cluster)) if machine.cluster else ()


COSTS = _Kubernetes()


def _pools(cluster: Cluster) -> Iterator[Part]:
    for name, pool in cluster.node_pools.items():
        nodes = plural(pool.nodes, "node")
        if pool.usd_per_hour is None:
            path = f"machine.cluster.node_pools.{name}.usd_per_hour"
            yield Part(f"pool {name}", None, f"no price for its {nodes} is known; set {path}")
            continue
        monthly = Amounts.constant(pool.nodes * pool.usd_per_hour * HOURS_PER_MONTH)
        yield Part(f"pool {name}", monthly, f"{nodes} x {price(pool.usd_per_hour)} per hour x 730 h, at any load")
