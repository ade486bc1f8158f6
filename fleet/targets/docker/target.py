"""The Docker target."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fleet.model import ContainerGroup, Fleet, Gpu, GpuBudget, Port, Stack, Vendor
from fleet.model.port import LAN, LOCALHOST
from fleet.network.addresses import Endpoint, container_name
from fleet.source.locations import SECRETS, set_secret
from fleet.targets.base import TargetBase
from fleet.targets.docker.capabilities import CAPABILITIES, UNRENDERED
from fleet.targets.docker.capacity import card_uses, cards_of
from fleet.targets.docker.checks import check
from fleet.targets.features import Feature, Need
from fleet.targets.gpu_use import Cards
from fleet.text import thousands

_LOOPBACK = "127.0.0.1"


class Docker(TargetBase):
    """One host with a Docker daemon. Nothing schedules there, so all groups must fit it."""

    capabilities = CAPABILITIES
    unrendered = UNRENDERED
    has_modes = True
    reached_by_port = True
    has_daemon = True
    adds_files_to_images = True
    check = staticmethod(check)
    cards = staticmethod(card_uses)

    def host(self, endpoint: Endpoint) -> str:
        return container_name(endpoint.group, endpoint.port.container)

    def unreachable_text(self, endpoint: Endpoint) -> str:
        return f"only on {endpoint.stack.name}" if endpoint.port.outer_port is None else ""

    def published_for_people(self, port: Port, stack: Stack) -> str | None:
        # A sandbox may share the machine, and its ports, with a stack of the fleet.
        if stack.sandbox or port.publish is None:
            return None
        if port.publish == LAN:
            return str(stack.machine.lan_address) if stack.machine.lan_address else None
        return _LOOPBACK if port.publish == LOCALHOST else port.publish

    def sharing_ports(self, group: ContainerGroup, key: str) -> Sequence[str]:
        return (key,)

    def health_port(self, group: ContainerGroup, key: str) -> int:
        return group.containers[key].health.port

    def capacity_mib(self, stack: Stack) -> int:
        return stack.machine.memory_mib - stack.machine.memory_reserve_mib

    def needs(self, group: ContainerGroup, stack: Stack, fleet: Fleet) -> Iterator[Need]:
        if stack.machine.ignores_memory_limits:
            for key in group.containers:
                yield Feature.MEMORY_LIMIT, f"containers.{key}.memory"

    def cards_of(self, stack: Stack, group: str, budget: GpuBudget) -> Cards | None:
        keys = cards_of(stack.machine, budget)
        gpus = {key: stack.machine.gpus[key] for key in keys}
        return Cards(gpus, len(keys), budget.enforcement) if keys else None

    def device_files(self, gpu: Gpu) -> Sequence[str]:
        compute = ("/dev/kfd",) if gpu.vendor is Vendor.AMD else ()
        return (*compute, gpu.render_node) if gpu.render_node else ()

    def registry_remedy(self, stack: Stack) -> str | None:
        return None

    def card_text(self, stack: Stack, group: str, budget: GpuBudget) -> str:
        cards = cards_of(stack.machine, budget)
        if not cards:
            return f"no card of {stack.name}"
        figures = f"request {thousands(budget.request_mib)}, limit {thousands(budget.limit_mib)} MiB"
        models = " and ".join(dict.fromkeys(stack.machine.gpus[card].model for card in cards))
        each = "each of " if len(cards) > 1 else ""
        return f"{figures} on {each}{' and '.join(cards)} ({models}, {budget.enforcement})"

    def card_left_text(self, stack: Stack, budget: GpuBudget, groups: Sequence[ContainerGroup]) -> str:
        cards = cards_of(stack.machine, budget)
        left = [
            f"{thousands(use.free_mib)} of {thousands(use.gpu.memory_mib)} MiB stay free on {use.name}"
            for use in card_uses(stack, groups)
            if use.name in cards
        ]
        return ", ".join(left)

    def volume_text(self, key: str, group: ContainerGroup, stack: Stack, *, scratch: bool) -> str:
        folder = stack.machine.binds.get(key)
        return f"{folder} on {stack.name}" if folder else f"volume {self.volume_name(key, stack)} on {stack.name}"

    def secret_text(self, name: str, group: ContainerGroup, stack: Stack) -> tuple[str, str]:
        uses = [c.secrets[name] for c in group.containers.values() if name in c.secrets]
        if all(use.env for use in uses):
            return f"{SECRETS}{name} in Pulumi.{stack.name}.yaml", set_secret(stack.name, name)
        where = f"{stack.machine.secrets_folder}/{name} on {stack.name}"
        return where, "write the file there, readable by the agents' user"
