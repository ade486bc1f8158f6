"""Helm chart of a deployment: the objects that the Pulumi components register, with values. Pure.

The stack is planned again in a namespace with a unique name, to find where the namespace occurs. Other values have a
path in the render. A path that does not exist is an internal error, so that no value is silently lost.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from components.kubernetes.charts.documents import Tenants
from components.kubernetes.charts.groups import GroupChart
from components.kubernetes.charts.helpers import HELPERS
from components.kubernetes.charts.knobs import KnobError, Knobs, Path
from components.kubernetes.charts.nodes import NAMESPACE_MARK
from components.kubernetes.charts.notes import notes
from components.kubernetes.charts.shared import general_knobs, shared_text
from components.kubernetes.manifests.base import Manifest, cluster_of
from components.kubernetes.render import render
from components.kubernetes.yaml_text import document
from fleet.plan.deployment import Deployment, PlannedGroup

VERSION = "0.1.0"
_SECTIONS: Mapping[Path, str] = {
    ("tenants",): "Tenants, which can be disabled.",
    ("groups",): "Groups in start order. To change anything else, edit the stack's files and export again.",
}
_WORKLOADS = ("apps/v1/Deployment", "apps/v1/StatefulSet")
_DIGEST = re.compile(r'"fleet\.local/address-book": "[0-9a-f]+"')


def chart(deployment: Deployment, moved: Deployment, made_by: str) -> Mapping[str, str]:
    """Path in the chart -> text. `moved` is the same stack, planned in the namespace NAMESPACE_MARK.

    Raises KnobError if a value has no place in the render (an internal error).
    """
    namespace = cluster_of(deployment).namespace
    manifests, knobs, tenants = render(moved), Knobs(_SECTIONS), Tenants(moved)
    _ensure_only_the_namespace_differs(render(deployment), manifests, namespace)
    general_knobs(deployment, namespace, knobs)
    scaling = _scaling(moved, manifests)
    shared = [manifest for manifest in manifests if manifest.group is None]
    files = {"templates/shared.yaml": shared_text(moved, shared, tenants, made_by)}
    for group in moved.groups:
        owned = [manifest for manifest in manifests if manifest.group == group.name]
        part = GroupChart(group, owned, [m for m in scaling if m.group == group.name], knobs)
        files[f"templates/groups/{group.name}.yaml"] = part.template(tenants, made_by)
    about = {
        "apiVersion": "v2",
        "name": deployment.stack,
        "description": f"Container groups of {deployment.machine.title}",
        "type": "application",
        "version": VERSION,
    }
    return {
        "Chart.yaml": f"# {made_by}\n{document(about)}",
        "values.yaml": knobs.values(made_by),
        "values.schema.json": knobs.schema(),
        "templates/_helpers.tpl": f"{{{{- /* {made_by} */ -}}}}\n{HELPERS}",
        "templates/NOTES.txt": notes(moved, manifests, tenants),
        **files,
    }


def _ensure_only_the_namespace_differs(here: Sequence[Manifest], there: Sequence[Manifest], namespace: str) -> None:
    for one, other in zip(here, there, strict=True):
        # The chart computes the digest of the address books.
        old, new = (_DIGEST.sub("", json.dumps(manifest.object)) for manifest in (one, other))
        if old != new.replace(NAMESPACE_MARK, namespace):
            msg = f"{one.key} differs in another namespace by more than its name"
            raise KnobError(msg)


def _scaling(moved: Deployment, manifests: Sequence[Manifest]) -> list[Manifest]:
    """Autoscalers and disruption budgets of every group that can have several replicas, rendered as if it had."""
    groups = tuple(_scaled(group) if _can_have_several(group, manifests) else group for group in moved.groups)
    scaled = {group.name for group in groups if group.operation.scaling.min > 1}
    return [
        manifest
        for manifest in render(replace(moved, groups=groups))
        if manifest.group in scaled and manifest.key.endswith(("-scaling", "-disruption"))
    ]


def _scaled(group: PlannedGroup) -> PlannedGroup:
    wanted = group.operation.scaling
    least = max(2, wanted.min)
    scaling = wanted.model_copy(update={"min": least, "max": max(least + 1, wanted.max)})
    return replace(group, operation=replace(group.operation, scaling=scaling))


def _can_have_several(group: PlannedGroup, manifests: Sequence[Manifest]) -> bool:
    """Whether a group has neither single-writer data nor a claim that only one node can mount."""
    workloads = [m.object for m in manifests if m.group == group.name and m.kind in _WORKLOADS]
    if any(workload["kind"] == "StatefulSet" for workload in workloads):
        return False
    volumes = [volume for workload in workloads for volume in workload["spec"]["template"]["spec"]["volumes"]]
    claimed = {volume["persistentVolumeClaim"]["claimName"] for volume in volumes if "persistentVolumeClaim" in volume}
    once = {m.name for m in manifests if m.object.get("spec", {}).get("accessModes") == ["ReadWriteOnce"]}
    return not claimed & once
