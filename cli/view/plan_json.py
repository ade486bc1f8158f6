"""A plan as JSON, with stable keys; secrets show as `[secret]`."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from cli.explain.places import place_of
from cli.preview.program import Run
from cli.view.targets.base import view_of
from fleet.plan.deployment import Deployment, PlannedGroup
from fleet.plan.planned_container import PlannedFile
from fleet.targets.gpu_use import CardUse
from policy.engine.judge import Judgement
from policy.views.registered import UNKNOWN

_VERDICT = ("id", "name", "level", "resource", "field", "message", "kind", "waived")


def plan_json(run: Run, judgement: Judgement | None) -> str:
    """`stack`, `machine`, `resources`, `groups`, `gpus`, `memory`, `ports`, `degradations`, `policy`; memory in MiB.

    With modes also `mode`, `modes` (mode -> cards as in `gpus`) and `off` (groups of other modes); of a cluster
    `pools`, `namespaces` and `edges`; of Cloud Run `services` (by group and region) and `secrets`; with a budget
    `cost`, in US dollars a month; with packages in images `images`, in bytes, each layer once.
    """
    deployment, machine = run.deployment, run.deployment.machine
    names = {resource.urn: resource.name for resource in run.resources}
    plan = {
        "stack": deployment.stack,
        "machine": machine.name,
        "resources": [
            {
                "type": resource.type,
                "name": resource.name,
                "parent": names.get(resource.parent) if resource.parent else None,
                "protect": resource.protect,
                "inputs": dict(sorted(resource.inputs.items())),
            }
            for resource in run.resources
        ],
        "groups": [_group(group) for group in deployment.groups],
        "gpus": [_card(card) for card in deployment.cards],
        **(_modes(deployment) if deployment.modes else {}),
        "memory": {
            "capacity_mib": machine.memory_mib,
            "requested_mib": deployment.memory_request_mib,
            "reserve_mib": machine.memory_reserve_mib,
        },
        "ports": [
            {
                "endpoint": endpoint.ref,
                "address": address,
                "port": endpoint.port.outer_port,
                "for": users,
            }
            for endpoint, address, users in (
                *((endpoint, address, ("people",)) for endpoint, address in deployment.for_people),
                *((endpoint, str(machine.lan_address), users) for endpoint, users in deployment.published),
            )
        ],
        **view_of(machine.target).json(deployment),
        **({"cost": asdict(deployment.charge)} if deployment.charge else {}),
        **({"images": _images(deployment)} if deployment.layers else {}),
        **({"on_the_cpu": dict(deployment.on_the_cpu)} if deployment.on_the_cpu else {}),
        "unbuilt": dict(deployment.unbuilt),
        "replaced_images": dict(deployment.replaced_images),
        "gpus_dropped": deployment.gpus_dropped,
        "degradations": {str(feature): groups for feature, groups in deployment.degradations.items()},
        "policy": [
            {**{key: getattr(verdict, key) for key in _VERDICT}, "source": place_of(verdict, run)}
            for verdict in (judgement.verdicts if judgement else ())
        ],
    }
    return json.dumps(plan, indent=2, default=_unknown)


def _images(deployment: Deployment) -> dict[str, Any]:
    layers = deployment.distinct_layers
    used = {layer: [image for image, found in deployment.layers.items() if layer in found] for layer in layers}
    return {
        "download_bytes": sum(layer.download for layer in layers),
        "disk_bytes": sum(layer.disk for layer in layers),
        "layers": [
            {"lock": layer.lock, "download_bytes": layer.download, "disk_bytes": layer.disk, "images": images}
            for layer, images in used.items()
        ],
    }


def _card(card: CardUse) -> dict[str, Any]:
    return {
        "name": card.name,
        "model": card.gpu.model,
        "capacity_mib": card.gpu.memory_mib,
        "requested_mib": card.requested_mib,
        "context_mib": card.context_mib,
        "reserve_mib": card.gpu.reserve_mib,
        "free_mib": card.free_mib,
    }


def _modes(deployment: Deployment) -> dict[str, Any]:
    cards = {mode: [_card(card) for card in uses] for mode, uses in deployment.modes.items()}
    return {"mode": deployment.mode, "modes": cards, "off": deployment.off}


def _group(group: PlannedGroup) -> dict[str, Any]:
    return {
        "name": group.name,
        "tenant": group.tenant,
        "serves": group.serves,
        "wave": group.wave,
        "start_after": group.start_after,
        "copies": {"least": group.operation.scaling.min, "most": group.operation.scaling.max},
        "containers": [
            {
                "name": c.name,
                "image": c.image,
                "memory_mib": c.memory_request_mib,
                "agents": c.agents,
                **({"once": True} if c.once else {}),
                **({"files": [_file(file) for file in c.files]} if c.files else {}),
            }
            for c in group.containers
        ],
    }


def _file(file: PlannedFile) -> dict[str, Any]:
    return {"path": file.path, "source": file.source, "bytes": len(file.content)}


def _unknown(value: object) -> str:
    if value is UNKNOWN:
        return "[unknown until up]"
    msg = f"{type(value).__name__} cannot be written as JSON"
    raise TypeError(msg)
