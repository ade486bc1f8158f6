"""Resolves a stack of a fleet into a deployment."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, replace
from hashlib import sha256
from types import MappingProxyType
from typing import Any

from fleet import labels
from fleet.errors import UnknownStackError
from fleet.image_digests import AGENT_HOST
from fleet.model import MAIN, Arch, Container, ContainerGroup, Fleet, Stack
from fleet.model.port import EVERY_ADDRESS
from fleet.model.volume import VELERO
from fleet.network.addresses import AddressBook, Endpoint, container_name, sharing_name
from fleet.network.tenants import closed_tenants, tenants_served
from fleet.plan.builds import StackImages
from fleet.plan.caches import Caches
from fleet.plan.deployment import (
    Address,
    Deployment,
    FleetFacts,
    Operation,
    PlannedGroup,
    PlannedVolume,
)
from fleet.plan.docker_mps import sharing_group, sharing_volume
from fleet.plan.edges import edges
from fleet.plan.environment import environment, health_test
from fleet.plan.kubernetes_namespaces import namespaces
from fleet.plan.labelling import container_labels
from fleet.plan.memory_folders import fitted
from fleet.plan.planned_container import (
    SHARED_MEMORY,
    PlannedContainer,
    PlannedGpu,
    PlannedMount,
    PublishedPort,
)
from fleet.plan.ports import planned_health, planned_ports
from fleet.start_order import waves
from fleet.targets.needs import degradations
from fleet.targets.registry import target_of

_NOTHING = ("true",)
"""Command of a stand-in for what runs once."""


def plan_stack(
    fleet: Fleet, name: str, *, without_gpu: bool = False, only: Collection[str] | None = None
) -> Deployment:
    """The deployment of one stack of a valid fleet; `without_gpu` overrides the stack's setting.

    only: groups to plan the containers of; all by default. Raises UnknownStackError.
    """
    if name not in fleet.stacks:
        raise UnknownStackError(name, fleet.stacks)
    stack = fleet.stacks[name]
    if without_gpu:
        stack = stack.model_copy(update={"without_gpu": True})
    return _Planner(fleet, stack, only).deployment()


class _Planner:
    def __init__(self, fleet: Fleet, stack: Stack, only: Collection[str] | None) -> None:
        self._fleet = fleet
        self._only = only
        self._stack = stack
        self._target = target_of(stack)
        self._running = dict.fromkeys(stack.running)
        self._groups = [fleet.groups[name] for name in self._running]
        self._served = tenants_served(self._groups)
        self._images = StackImages(fleet, stack)
        self._book = AddressBook.of(fleet, stack)
        self._published = self._book.published[stack.name]
        self._people = tuple(self._for_people())
        self._ports = self._opened()
        # A sandbox may share its machine with a stack of the fleet, so its names differ.
        self._prefix = f"{stack.machine.name}-" if stack.sandbox else ""

    def deployment(self) -> Deployment:
        stack, fleet, target = self._stack, self._fleet, self._target
        wave = waves({group.name: group.start_after for group in self._groups})
        planned = [self._group(group, wave) for group in self._groups]
        volumes = self._volumes()
        in_mode = {mode: [fleet.groups[name] for name in stack.running_in(mode)] for mode in stack.modes}
        return Deployment(
            stack=stack.name,
            sandbox=stack.sandbox,
            stand_ins=stack.runs_stand_ins,
            gpus_dropped=self._gpus_dropped(),
            machine=stack.machine,
            groups=tuple(sorted(planned, key=lambda group: (group.wave, group.name))),
            builds=self._images.builds(self._image_names(), self._groups),
            on_the_cpu=MappingProxyType(self._images.on_the_cpu(self._groups)),
            unbuilt=MappingProxyType(self._images.unbuilt(self._groups)),
            replaced_images=MappingProxyType(self._images.replaced(self._groups)),
            layers=MappingProxyType(
                {self._images.reference(n): found for n in self._image_names() if (found := self._images.layers(n))}
            ),
            sharing=tuple(self._sharing()),
            volumes=MappingProxyType(volumes),
            cards=target.cards(stack, self._groups),
            mode=stack.mode,
            modes=MappingProxyType({mode: target.cards(stack, groups) for mode, groups in in_mode.items()}),
            off=tuple(name for name in stack.groups if name not in self._running),
            off_containers=MappingProxyType(self._off_containers()),
            published=tuple(
                (endpoint, self._book.users_of(endpoint))
                for endpoint in self._published
                if endpoint.group in self._running
            ),
            for_people=self._people,
            endpoints=MappingProxyType(self._endpoints()),
            degradations=degradations(stack, fleet),
            facts=_facts(fleet),
            edges=edges(stack, self._book),
            namespaces=namespaces(stack.machine, planned, volumes),
            pools=target.pools(stack, self._groups),
            closed_tenants=closed_tenants(stack, self._groups, self._book),
        )

    def _off_containers(self) -> dict[str, tuple[str, ...]]:
        off: dict[str, tuple[str, ...]] = {}
        for group in (self._fleet.groups[name] for name in self._stack.groups if name not in self._running):
            for key in group.containers:
                name = f"{self._prefix}{container_name(group.name, key)}"
                off[name] = (*off.get(name, ()), group.name)
        return off

    def _gpus_dropped(self) -> tuple[str, ...]:
        if self._stack.gives_gpus or self._stack.runs_stand_ins:
            return ()
        return tuple(g.name for g in self._groups if any(c.gpu for c in g.containers.values()))

    def _endpoints(self) -> dict[str, str]:
        here = [e for e in self._book.endpoints.values() if e.stack.name == self._stack.name]
        mine = [endpoint for endpoint in here if endpoint.group in self._running]
        return {endpoint.ref: self._target.url(endpoint, self._stack) for endpoint in mine}

    def _group(self, group: ContainerGroup, wave: Mapping[str, int]) -> PlannedGroup:
        stack = self._stack
        is_planned = self._only is None or group.name in self._only
        keys = sorted(group.containers, key=lambda key: (key != MAIN, key)) if is_planned else ()
        cards = {card for container in group.containers.values() for card in self._shared_cards(group, container)}
        return PlannedGroup(
            name=group.name,
            system=group.system,
            wave=wave[group.name],
            start_after=tuple(sorted(name for name in group.start_after if name in wave)),
            shares=tuple(sorted(sharing_name(card) for card in cards)),
            containers=_after_the_first(tuple(self._container(group, key) for key in keys)),
            tenant=group.tenant,
            serves=self._served.get(group.name, ()),
            ports=planned_ports(group),
            operation=Operation(
                tier=group.tier,
                scaling=group.scaling,
                rollout=self._target.rollout(group, stack, self._groups),
                state=stack.rollouts.get(group.name),
                exposure=self._target.exposure(stack, group.name),
                outside=group.outside,
            ),
        )

    def _container(self, group: ContainerGroup, key: str) -> PlannedContainer:
        stack, container = self._stack, group.containers[key]
        stands_in = stack.stands_in_for(container)
        gpu = self._gpu(group, container) if stack.gives_gpus else None
        devices = () if stack.runs_stand_ins else container.devices
        device_groups = {stack.machine.devices[device].group_id for device in devices}
        device_groups |= {each for card in (gpu.cards.values() if gpu else ()) for each in card.group_ids or ()}
        granted = self._target.granted(stack, group, key)
        cap_mib = granted.memory_cap_mib
        hardening, shared_mib = fitted(container, container.hardening.resolved(stands_in=stands_in), cap_mib)
        if gpu and not stands_in:
            others = (self._fleet.groups[name] for name in stack.groups)
            hardening = Caches.of(group, key, others).hardening(hardening, cap_mib - shared_mib)
        return PlannedContainer(
            name=f"{self._prefix}{container_name(group.name, key)}",
            group=group.name,
            key=key,
            image=self._image(group, key),
            archs=container.image.platforms if container.image and not stands_in else tuple(Arch),
            **(_stand_in(container) if stands_in else _process(container)),
            agents=tuple(container.agents),
            env=MappingProxyType(environment(group, key, stack, self._book, gpu)),
            labels=MappingProxyType(self._labels(group, key, gpu)),
            own_labels=container.labels,
            aliases=(container_name(group.name, key),),
            extra_hosts=MappingProxyType(self._extra_hosts(group)),
            ports=self._ports.get((group.name, key), ()),
            mounts=tuple(self._mounts(group, container)),
            files=() if stands_in else self._images.files(group, key),
            secrets=() if stands_in else tuple(container.secret_files.values()),
            secret_env=MappingProxyType({} if stands_in else dict(sorted(container.secret_env.items()))),
            devices=(*devices, *self._device_files(gpu)),
            device_groups=tuple(sorted(group_id for group_id in device_groups if group_id is not None)),
            hardening=hardening,
            **asdict(granted),
            shared_memory_mib=shared_mib,
            gpu=gpu,
            health=planned_health(group, key, stack, health_test(container, stack)),
            once=container.once,
            restart=container.restart_policy,
            restarts_max=container.restarts_max,
            stop_grace_s=container.stop_grace_s,
        )

    def _image(self, group: ContainerGroup, key: str) -> str:
        return self._images.with_files(group, key) or self._images.of(group, key)

    def _labels(self, group: ContainerGroup, key: str, gpu: PlannedGpu | None) -> dict[str, str]:
        found = container_labels(group, key, self._stack, gpu)
        if self._images.with_files(group, key):
            found[labels.IMAGE_BASE] = self._images.of(group, key)
        return dict(sorted(found.items()))

    def _image_names(self) -> Iterator[str]:
        """Images built here that containers run."""
        if self._stack.shared_cards:
            yield AGENT_HOST
        for group in self._groups:
            for key, container in group.containers.items():
                if not container.image or self._stack.stands_in_for(container):
                    yield self._images.name(group, key)

    def _gpu(self, group: ContainerGroup, container: Container) -> PlannedGpu | None:
        budget = container.gpu
        cards = self._target.cards_of(self._stack, group.name, budget) if budget else None
        if budget is None or cards is None:
            return None
        return PlannedGpu(
            MappingProxyType(dict(cards.gpus)),
            cards.count,
            budget.request_mib,
            budget.limit_mib,
            budget.processes,
            cards.enforcement,
            tuple(map(str, budget.capabilities)),
        )

    def _device_files(self, gpu: PlannedGpu | None) -> list[str]:
        cards = gpu.cards.values() if gpu else ()
        return list(dict.fromkeys(file for card in cards for file in self._target.device_files(card)))

    def _shared_cards(self, group: ContainerGroup, container: Container) -> list[str]:
        """The card a container shares with others through an MPS daemon: one at most, by the checks."""
        cards = self._target.cards_of(self._stack, group.name, container.gpu) if container.gpu else None
        return [card for card in cards.gpus if card in self._stack.shared_cards] if cards else []

    def _mounts(self, group: ContainerGroup, container: Container) -> Iterator[PlannedMount]:
        for name, mount in sorted(container.mounts.items()):
            yield PlannedMount(name, mount.path, mount.read_only)
        for card in self._shared_cards(group, container):
            yield PlannedMount(sharing_name(card), SHARED_MEMORY, read_only=False)

    def _for_people(self) -> Iterator[tuple[Endpoint, str]]:
        for group in self._groups:
            for key, port in sorted(group.ports.items(), key=lambda item: (item[0] != MAIN, item[0])):
                if address := self._target.published_for_people(port, self._stack):
                    yield Endpoint(group.name, key, port, self._stack, group.tenant), address

    def _opened(self) -> Mapping[tuple[str, str], tuple[PublishedPort, ...]]:
        """Group and container -> its published ports: for machines, then for people."""
        lan = self._stack.machine.lan_address
        everywhere = {endpoint.ref for endpoint, address in self._people if address == EVERY_ADDRESS}
        for_machines = [(e, str(lan)) for e in self._published if lan and e.ref not in everywhere]
        opened: dict[tuple[str, str], dict[PublishedPort, None]] = {}
        for endpoint, address in (*for_machines, *self._people):
            port = endpoint.port
            if port.outer_port is not None:
                published = PublishedPort(address, port.outer_port, port.port, port.protocol)
                opened.setdefault((endpoint.group, port.container), {})[published] = None
        return {where: tuple(ports) for where, ports in opened.items()}

    def _extra_hosts(self, group: ContainerGroup) -> dict[str, str]:
        elsewhere = [e for e in self._book.used_by(group.name) if e.stack.name != self._stack.name]
        found = {e.name_elsewhere: str(address) for e in elsewhere if (address := e.stack.machine.lan_address)}
        return {**found, **(group.hosts if self._target.has_daemon else {})}

    def _sharing(self) -> Iterator[PlannedGroup]:
        for card, gpu in self._stack.shared_cards.items():
            if gpu.mps:
                name = f"{self._prefix}{sharing_name(card)}"
                yield sharing_group(name, self._images.reference(AGENT_HOST), card, gpu, gpu.mps)

    def _volumes(self) -> dict[str, PlannedVolume]:
        stack = self._stack
        owned = {
            key: PlannedVolume(
                key=key,
                name=f"{stack.machine.name}-{key}",
                group=group.name,
                kind=volume.kind,
                single_writer=volume.writers == "one",
                medium=volume.medium,
                bind=stack.machine.binds.get(key),
                size_mib=volume.size_mib,
                mounted_by=tuple(g.name for g in self._groups if any(key in c.mounts for c in g.containers.values())),
                velero=volume.backup is not None
                and volume.backup.by == VELERO
                and not stack.stand_ins_write(key, group),
            )
            # Includes groups of other modes, which keep their data.
            for group in (self._fleet.groups[name] for name in stack.groups)
            for key, volume in sorted(group.volumes.items())
        }
        shared = {sharing_name(c): sharing_volume(stack, c, g.mps) for c, g in stack.shared_cards.items() if g.mps}
        return {**owned, **shared}


def _after_the_first(containers: tuple[PlannedContainer, ...]) -> tuple[PlannedContainer, ...]:
    """A group's containers; those that wait for others of the group have a label that changes with these."""
    first = [container for container in containers if container.once and container.key != MAIN]
    if not first:
        return containers
    label = {labels.FIRST: sha256(repr(first).encode()).hexdigest()[:16]}
    return tuple(
        one if one in first else replace(one, labels=MappingProxyType(dict(sorted({**one.labels, **label}.items()))))
        for one in containers
    )


def _stand_in(container: Container) -> dict[str, Any]:
    return {"command": _NOTHING} if container.once else {}


def _process(container: Container) -> dict[str, Any]:
    """How the program of its image starts; a stand-in starts its own way."""
    return {
        "entrypoint": container.entrypoint,
        "command": container.command,
        "working_dir": container.working_dir or "",
        "init": container.init,
        "tty": container.tty,
    }


def _facts(fleet: Fleet) -> FleetFacts:
    networks = [network for stack in fleet.stacks.values() for network in stack.machine.networks]
    machines = [stack.machine for stack in fleet.members]
    return FleetFacts(
        subnets=MappingProxyType({network.name: str(network.subnet) for network in networks}),
        allowed_overlaps=tuple(str(network.subnet) for network in networks if network.inside_docker_pool),
        start_after=MappingProxyType({name: group.start_after for name, group in fleet.groups.items()}),
        addresses=MappingProxyType(
            {str(m.lan_address): Address(m.name, m.lan_traffic) for m in machines if m.lan_address}
        ),
    )
