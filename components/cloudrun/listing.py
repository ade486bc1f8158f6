"""Every resource a deployment registers in a project. Pure."""

from __future__ import annotations

from datetime import date
from typing import Any

from components.cloudrun.facts import facts
from components.cloudrun.render import render, render_provider
from components.cloudrun.resources.base import CloudResource, Part
from components.listing import Entry, Ref, filled
from fleet.plan.deployment import Deployment, PlannedGroup
from fleet.published import outputs

_COMPONENTS = "fleet:cloudrun:"
_CLOUD = ("machine", "cloud")
_PARTS = {Part.FRONT_DOOR: "GlobalFrontDoor", Part.OBSERVABILITY: "Observability"}
_RUN_CONTAINERS = ("cloudrunv2.Service", "cloudrunv2.WorkerPool", "cloudrunv2.Job")


def inventory(deployment: Deployment) -> Entry:
    """The project's component, with its children."""
    return _Inventory(deployment).project()


class _Inventory:
    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment
        self._stack = deployment.stack
        self._resources = render(deployment, date.today())
        self._by_key: dict[str, Entry] = {}
        self._groups: dict[str, Entry] = {}

    def project(self) -> Entry:
        deployment, stack = self._deployment, self._stack
        api = Entry("pulumi:providers:gcp", f"{stack}-api", render_provider(deployment), part=("machine", "connection"))
        platform = self._part(Part.PLATFORM, "CloudPlatform")
        for group in deployment.groups:
            self._groups[group.name] = self._group(group)
        parts = [self._part(part, kind) for part, kind in _PARTS.items()]
        return Entry(
            f"{_COMPONENTS}CloudRun",
            stack,
            {"machine": deployment.machine.name},
            (api, platform, *self._groups.values(), *(part for part in parts if part.children)),
            outputs=outputs(facts(deployment)),
        )

    def _part(self, part: Part, kind: str) -> Entry:
        children = tuple(self._entry(resource) for resource in self._resources if resource.part is part)
        outputs = {"resources": len(children)}
        return Entry(f"{_COMPONENTS}{kind}", f"{self._stack}-{part}", {}, children, outputs=outputs, part=_CLOUD)

    def _group(self, group: PlannedGroup) -> Entry:
        keys = tuple(container.key for container in group.containers)
        owned = [one for one in self._resources if one.part is Part.GROUP and one.group == group.name]
        return Entry(
            f"{_COMPONENTS}CloudRunGroup",
            f"{self._stack}-{group.name}",
            {"group": group.name, "wave": group.wave},
            tuple(self._entry(resource, keys) for resource in owned),
            needs=tuple(self._groups[after] for after in group.start_after),
            outputs={"group": group.name, "containers": list(keys)},
            group=group.name,
        )

    def _entry(self, resource: CloudResource, containers: tuple[str, ...] = ()) -> Entry:
        kept = {"protect": True, "retain_on_delete": True} if resource.kept else {}
        entry = self._by_key[resource.key] = Entry(
            _type_of(resource),
            f"{self._stack}-{resource.key}",
            {name: filled(value, self._plain) for name, value in resource.args.items()},
            needs=tuple(self._by_key[key] for key in resource.needs),
            linked=resource.args,
            refers=self._by_key,
            options={"ignore_changes": list(resource.ignored), **kept},
            group=resource.group,
            containers=containers if resource.kind in _RUN_CONTAINERS else (),
            volume=resource.volume,
            part=_CLOUD,
        )
        return entry

    def _plain(self, ref: Ref) -> Any:
        # An output known only to the provider stays a name.
        return self._by_key[ref.key].properties.get(ref.field, f"{ref.key}.{ref.field}")


def _type_of(resource: CloudResource) -> str:
    """`cloudrunv2.Service` -> `gcp:cloudrunv2/service:Service`."""
    module, _, kind = resource.kind.partition(".")
    return f"gcp:{module}/{kind[0].lower()}{kind[1:]}:{kind}"
