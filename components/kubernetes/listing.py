"""Every resource a deployment registers on a cluster. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from components.kubernetes.changes import REPLACE_ON
from components.kubernetes.facts import facts
from components.kubernetes.manifests.base import Manifest
from components.kubernetes.manifests.workload import progress_deadline_s
from components.kubernetes.render import render, render_provider
from components.listing import Entry
from fleet.plan.deployment import Deployment, PlannedGroup
from fleet.published import outputs

_COMPONENTS = "fleet:kubernetes:"
_CLAIM = "v1/PersistentVolumeClaim"
_NAMESPACE = "v1/Namespace"
_RUN_PODS = ("kubernetes:apps/", "kubernetes:batch/")


def inventory(deployment: Deployment) -> Entry:
    """The cluster's component, with its children."""
    stack, manifests = deployment.stack, render(deployment)
    api = Entry(
        "pulumi:providers:kubernetes",
        f"{stack}-api",
        render_provider(deployment.machine),
        part=("machine", "connection"),
    )
    namespaces = [_shared(m, stack) for m in manifests if m.kind == _NAMESPACE]
    platform = [_shared(m, stack, namespaces) for m in manifests if m.group is None and m.kind != _NAMESPACE]
    claims = {m.name: _claim(m, stack, platform) for m in manifests if m.kind == _CLAIM}
    groups: dict[str, Entry] = {}
    for group in deployment.groups:
        owned = [m for m in manifests if m.group == group.name and m.kind != _CLAIM]
        mounts = [claim for volume, claim in claims.items() if group.name in deployment.volumes[volume].mounted_by]
        earlier = [groups[after] for after in group.start_after]
        groups[group.name] = _group(group, stack, owned, [*platform, *mounts, *earlier])
    return Entry(
        f"{_COMPONENTS}Cluster",
        stack,
        {"machine": deployment.machine.name},
        (api, *namespaces, *platform, *claims.values(), *groups.values()),
        outputs=outputs(facts(deployment)),
    )


def _shared(manifest: Manifest, stack: str, needs: Sequence[Entry] = ()) -> Entry:
    return Entry(
        _type_of(manifest), f"{stack}-{manifest.key}", manifest.object, needs=tuple(needs), part=("machine", "cluster")
    )


def _claim(manifest: Manifest, stack: str, needs: Sequence[Entry]) -> Entry:
    name, volume = f"{stack}-{manifest.key}", manifest.name
    kept = {"protect": True, "retain_on_delete": True}
    owner: dict[str, Any] = {"group": manifest.group, "volume": volume}
    claim = Entry(_type_of(manifest), f"{name}-claim", manifest.object, options=kept, **owner)
    about, outputs = {"volume": volume}, {"name": volume}
    return Entry(f"{_COMPONENTS}DataVolume", name, about, (claim,), tuple(needs), outputs=outputs, **owner)


def _group(group: PlannedGroup, stack: str, manifests: Sequence[Manifest], needs: Sequence[Entry]) -> Entry:
    keys = [container.key for container in group.containers]
    # Pods may start one after the other; the provider's default is ten minutes.
    timeout_s = progress_deadline_s(group) * group.operation.scaling.min
    return Entry(
        f"{_COMPONENTS}ContainerGroup",
        f"{stack}-{group.name}",
        {"group": group.name, "wave": group.wave},
        tuple(_owned(manifest, stack, group.name, keys, timeout_s) for manifest in manifests),
        tuple(needs),
        outputs={"group": group.name, "containers": keys},
        group=group.name,
    )


def _owned(manifest: Manifest, stack: str, group: str, keys: Sequence[str], timeout_s: int) -> Entry:
    type_ = _type_of(manifest)
    forced = REPLACE_ON.get(str(manifest.object["kind"]))
    return Entry(
        type_,
        f"{stack}-{manifest.key}",
        manifest.object,
        # The new object has the same name.
        options={"replace_on_changes": list(forced), "delete_before_replace": True} if forced else {},
        timeout_s=timeout_s,
        group=group,
        containers=tuple(keys) if type_.startswith(_RUN_PODS) else (),
    )


def _type_of(manifest: Manifest) -> str:
    version, kind = manifest.object["apiVersion"], manifest.object["kind"]
    return f"kubernetes:{version if '/' in version else f'core/{version}'}:{kind}"
