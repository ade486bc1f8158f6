"""Deployment to a Helm chart, made from the very render that the Pulumi components register. Pure.

The namespace is found by planning the stack once more in a namespace whose name stands nowhere else; every other knob
by its place in the render. A knob without a place is an error of ours, so that nothing is lost in silence.
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
from components.kubernetes.manifests.base import Manifest
from components.kubernetes.render import render
from components.kubernetes.yaml_text import document
from fleet.plan.deployment import Deployment, PlannedGroup

VERSION = "0.1.0"
_SECTIONS: Mapping[Path, str] = {
    ("tenants",): "Who may be switched off.",
    ("groups",): "Groups in start order. To change more than this, edit the stack's files and export again.",
}
_WORKLOADS = ("apps/v1/Deployment", "apps/v1/StatefulSet")
_DIGEST = re.compile(r'"fleet\.local/address-book": "[0-9a-f]+"')


def chart(deployment: Deployment, moved: Deployment, made_by: str) -> Mapping[str, str]:
    """Path in the chart -> text. `moved` is the same stack, planned in the namespace NAMESPACE_MARK.

    Raises KnobError where the render has no place for a knob: a bug of ours.
    """
    cluster = deployment.machine.cluster
    if cluster is None:
        msg = f"{deployment.machine.name} is no cluster"
        raise TypeError(msg)
    manifests, knobs, tenants = render(moved), Knobs(_SECTIONS), Tenants(moved)
    _ensure_same_but_for_the_namespace(render(deployment), manifests, cluster.namespace)
    general_knobs(deployment, cluster.namespace, knobs)
    copies = _copies(moved, manifests)
    shared = [manifest for manifest in manifests if manifest.group is None]
    files = {"templates/shared.yaml": shared_text(moved, shared, tenants, made_by)}
    for group in moved.groups:
        mine = [manifest for manifest in manifests if manifest.group == group.name]
        part = GroupChart(group, mine, [copy for copy in copies if copy.group == group.name], knobs)
        files[f"templates/groups/{group.name}.yaml"] = part.text(tenants, made_by)
    return {
        "Chart.yaml": f"# {made_by}\n{_about(deployment)}",
        "values.yaml": knobs.values(made_by),
        "values.schema.json": knobs.schema(),
        "templates/_helpers.tpl": f"{{{{- /* {made_by} */ -}}}}\n{HELPERS}",
        "templates/NOTES.txt": notes(moved, manifests, tenants),
        **files,
    }


def _about(deployment: Deployment) -> str:
    return document(
        {
            "apiVersion": "v2",
            "name": deployment.stack,
            "description": f"Container groups of {deployment.machine.title}",
            "type": "application",
            "version": VERSION,
        }
    )


def _ensure_same_but_for_the_namespace(here: Sequence[Manifest], there: Sequence[Manifest], namespace: str) -> None:
    """The mark stands where the namespace does, and nowhere else."""
    for one, other in zip(here, there, strict=True):
        if _comparable(one) != _comparable(other).replace(NAMESPACE_MARK, namespace):
            msg = f"{one.key} differs in another namespace by more than its name"
            raise KnobError(msg)


def _comparable(manifest: Manifest) -> str:
    """All of an object but the digest of its address books, which the chart computes."""
    body = json.dumps(manifest.object)
    return _DIGEST.sub("", body)


def _copies(moved: Deployment, manifests: Sequence[Manifest]) -> list[Manifest]:
    """Autoscalers and disruption budgets of every group that may have several copies, as they would be if it had."""
    groups = tuple(_scaled(group) if _may_have_several(group, manifests) else group for group in moved.groups)
    able = {group.name for group in groups if group.operation.scaling.min > 1}
    found = render(replace(moved, groups=groups))
    return [m for m in found if m.group in able and m.key.endswith(("-scaling", "-disruption"))]


def _scaled(group: PlannedGroup) -> PlannedGroup:
    wanted = group.operation.scaling
    least = max(2, wanted.min)
    scaling = wanted.model_copy(update={"min": least, "max": max(least + 1, wanted.max)})
    return replace(group, operation=replace(group.operation, scaling=scaling))


def _may_have_several(group: PlannedGroup, manifests: Sequence[Manifest]) -> bool:
    """Whether neither a single writer nor a claim that only one pod may mount is in the way."""
    mine = [m.object for m in manifests if m.group == group.name and m.kind in _WORKLOADS]
    if any(workload["kind"] == "StatefulSet" for workload in mine):
        return False
    volumes = [volume for workload in mine for volume in workload["spec"]["template"]["spec"]["volumes"]]
    claimed = {volume["persistentVolumeClaim"]["claimName"] for volume in volumes if "persistentVolumeClaim" in volume}
    lone = {m.name for m in manifests if m.object.get("spec", {}).get("accessModes") == ["ReadWriteOnce"]}
    return not claimed & lone
