"""Every resource a deployment registers on a Docker machine. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from components.docker.changes import KEPT_WHEN_OMITTED, REPLACE_ON
from components.docker.facts import facts
from components.docker.render import (
    Rendered,
    deployed_networks,
    is_closed,
    keeps_data,
    render_build,
    render_container,
    render_network,
    render_provider,
    render_volume,
    secret_variables,
)
from components.listing import Entry, Ref, filled, spelled
from fleet.plan.deployment import Deployment, PlannedGroup, PlannedVolume
from fleet.plan.planned_container import PlannedContainer
from fleet.published import outputs

CONTAINER = "docker:index/container:Container"
_COMPONENTS = "fleet:docker:"


def inventory(deployment: Deployment) -> Entry:
    """The machine's component, with its children."""
    return _Inventory(deployment).machine()


class _Inventory:
    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment
        self._stack = deployment.stack
        self._networks = list(self._all_networks())
        self._bridges = {entry.outputs["name"]: entry.children[0] for entry in self._networks}
        self._volumes = {key: self._volume(key, volume) for key, volume in deployment.volumes.items()}
        self._builds: dict[str, Entry] = {}
        self._groups: dict[str, Entry] = {}

    def machine(self) -> Entry:
        machine, deployment = self._deployment.machine, self._deployment
        images = self._images()
        for group in (*deployment.sharing, *deployment.groups):
            self._groups[group.name] = self._group(group)
        provider, part = render_provider(machine), ("machine", "connection")
        shown = filled(provider, lambda secret: secret.hidden)
        daemon = Entry("pulumi:providers:docker", f"{self._stack}-daemon", shown, linked=provider, part=part)
        return Entry(
            f"{_COMPONENTS}DockerMachine",
            self._stack,
            {"machine": machine.name},
            (daemon, *self._networks, *self._volumes.values(), *images, *self._groups.values()),
            outputs=outputs(facts(deployment)),
        )

    def _all_networks(self) -> Iterator[Entry]:
        tenants = self._deployment.tenants
        origins = [("network", ("network",)), *((f"network-{tenant}", ("tenants", tenant)) for tenant in tenants)]
        for (role, part), network in zip(origins, deployed_networks(self._deployment), strict=True):
            name, about = f"{self._stack}-{role}", {"subnet": str(network.subnet)}
            bridge = Entry(
                "docker:index/network:Network",
                f"{name}-bridge",
                render_network(network, closed=is_closed(network, self._deployment)),
                options={"delete_before_replace": True},
                part=("machine", *part),
            )
            outputs = {"name": network.name, **about}
            yield Entry(f"{_COMPONENTS}FleetNetwork", name, about, (bridge,), outputs=outputs, part=bridge.part)

    def _volume(self, key: str, volume: PlannedVolume) -> Entry:
        name, about = f"{self._stack}-volume-{key}", {"kind": str(volume.kind)}
        kept = keeps_data(volume)
        inner = Entry(
            "docker:index/volume:Volume",
            f"{name}-volume",
            render_volume(volume),
            options={"protect": kept, "retain_on_delete": kept},
            group=volume.group,
            volume=key,
        )
        outputs = {"name": volume.name, **about}
        return Entry(f"{_COMPONENTS}DataVolume", name, about, (inner,), outputs=outputs, group=volume.group, volume=key)

    def _images(self) -> tuple[Entry, ...]:
        name, builds = f"{self._stack}-images", self._deployment.builds
        by_name: dict[str, Entry] = {}
        for build in builds:
            by_name[build.name] = self._builds[build.image] = Entry(
                "docker:index/image:Image",
                f"{name}-{build.name}",
                render_build(build),
                needs=(by_name[build.needs],) if build.needs else (),
                # Running containers use it; `docker image prune` removes it later.
                options={"retain_on_delete": True},
            )
        if not builds:
            return ()
        children, outputs = tuple(by_name.values()), {"images": list(self._builds)}
        return (Entry(f"{_COMPONENTS}AgentImages", name, {"images": len(builds)}, children, outputs=outputs),)

    def _group(self, group: PlannedGroup) -> Entry:
        kind = "GpuSharing" if group in self._deployment.sharing else "ContainerGroup"
        return Entry(
            f"{_COMPONENTS}{kind}",
            f"{self._stack}-{group.name}",
            {"group": group.name, "wave": group.wave},
            self._containers(group),
            needs=tuple(self._groups[after] for after in (*group.shares, *group.start_after)),
            outputs={"group": group.name, "containers": [container.name for container in group.containers]},
            group=group.name,
        )

    def _secrets(self, container: PlannedContainer, rendered: Rendered) -> Rendered:
        """The variables of a container, if some hold secrets."""
        secrets = {each.hidden: each for each in secret_variables(container)}
        return {"envs": [secrets.get(text, text) for text in rendered["envs"]]} if secrets else {}

    def _containers(self, group: PlannedGroup) -> tuple[Entry, ...]:
        """Those that run before the others are first."""
        made: dict[str, Entry] = {}
        for container in sorted(group.containers, key=lambda one: len(group.before(one)) > 0):
            made[container.key] = self._container(container, [made[one.key] for one in group.before(container)])
        return tuple(made.values())

    def _container(self, container: PlannedContainer, earlier: Sequence[Entry]) -> Entry:
        rendered = render_container(container, self._deployment)
        inputs = spelled(rendered)
        # An output, not a plain name: replacing a network must remove its containers first.
        networks = [{**joined, "name": Ref(joined["name"], "name")} for joined in rendered["networks_advanced"]]
        volumes = (self._volumes[mount.volume] for mount in container.mounts)
        built = (self._builds[container.image],) if container.image in self._builds else ()
        return Entry(
            CONTAINER,
            f"{self._stack}-{container.group}-{container.key}",
            rendered,
            needs=(*volumes, *built, *earlier),
            linked={"networks_advanced": networks, **self._secrets(container, rendered)},
            refers=self._bridges,
            options={
                "replace_on_changes": list(REPLACE_ON),
                "delete_before_replace": True,
                "replacement_trigger": _trigger(inputs),
            },
            group=container.group,
            containers=(container.key,),
        )


def _trigger(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """What replaces a container where the provider alone would not, once it is added, changed or removed."""
    kept = {key: inputs[key] for key in KEPT_WHEN_OMITTED if inputs.get(key)}
    # Only if left to the image: else each deployed container would be replaced once.
    return {**kept, **({} if "user" in inputs else {"user": None})}
