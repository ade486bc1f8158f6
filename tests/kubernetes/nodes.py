"""Nodes without machines, and kubelets that only say that they run what was placed on them.

A `Node` is registered with its capacity and counts as ready; the real scheduler places pods on it. Nothing starts
there. `Kubelets` play the part that a kubelet has in the API: they report pods as running and ready, those that run to
completion as done, take away what was deleted, and give claims a volume, so that rollouts can be watched from outside.
They pull no image, run no probe and no hook: what only a container shows belongs into the docker level.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.kubernetes.client import ApiError, Client, Object

_POLL_S = 0.05


@dataclass(frozen=True)
class Node:
    """A machine as the scheduler knows it."""

    name: str
    cpu: str = "8"
    memory: str = "32Gi"
    disk: str = "100Gi"
    pods: int = 110
    arch: str = "amd64"
    labels: Mapping[str, str] = field(default_factory=dict)
    taints: tuple[Mapping[str, str], ...] = ()
    extended: Mapping[str, int] = field(default_factory=dict)
    """Resource -> how many, as a device plugin reports them: `nvidia.com/gpu`."""

    @property
    def manifest(self) -> Object:
        """The Node object, without its status."""
        labels = {"kubernetes.io/hostname": self.name, "kubernetes.io/arch": self.arch, "kubernetes.io/os": "linux"}
        return {
            "apiVersion": "v1",
            "kind": "Node",
            "metadata": {"name": self.name, "labels": {**labels, **self.labels}},
            "spec": {"taints": list(self.taints)},
        }

    @property
    def status(self) -> Object:
        """What its kubelet would report."""
        capacity = {"cpu": self.cpu, "memory": self.memory, "pods": str(self.pods), "ephemeral-storage": self.disk}
        capacity |= {name: str(count) for name, count in self.extended.items()}
        return {
            "capacity": capacity,
            "allocatable": capacity,
            "conditions": [_condition("Ready")],
            "nodeInfo": {"architecture": self.arch, "operatingSystem": "linux"},
        }


def register(client: Client, nodes: Sequence[Node]) -> None:
    """Registers nodes and returns once pods can be placed on all of them."""
    manifests = [node.manifest for node in nodes]
    for node, manifest in zip(nodes, manifests, strict=True):
        client.apply(manifest)
        client.set_status(manifest, node.status)
    client.wait(lambda: all(_is_open(client.read(one)) for one in manifests), "the nodes take pods")


def remove(client: Client, nodes: Iterable[Node]) -> None:
    """Takes nodes away, and the pods on them."""
    names = {node.name for node in nodes}
    for pod in client.list("v1", "Pod"):
        if pod["spec"].get("nodeName") in names:
            client.delete(pod, grace_s=0)
    for node in nodes:
        client.delete(node.manifest)


def _is_open(node: Object | None) -> bool:
    """Whether the controllers saw that it is ready: until then a taint keeps pods away."""
    taints = (node or {}).get("spec", {}).get("taints", ())
    return node is not None and all(taint["key"] != "node.kubernetes.io/not-ready" for taint in taints)


@dataclass(frozen=True)
class Kubelets:
    """Plays the kubelets of some nodes, and the provisioner of volumes."""

    client: Client
    nodes: frozenset[str]
    healthy: Callable[[Object], bool]
    """Whether a pod gets ready; asked again as long as it is not."""

    def step(self) -> None:
        """Reports once on every pod and claim."""
        for claim in self.client.list("v1", "PersistentVolumeClaim"):
            if claim.get("status", {}).get("phase") == "Pending" and "volumeName" not in claim["spec"]:
                self.client.apply(_volume(claim))
        for pod in self.client.list("v1", "Pod"):
            if pod["spec"].get("nodeName") in self.nodes:
                self._report(pod)

    def _report(self, pod: Object) -> None:
        if "deletionTimestamp" in pod["metadata"]:
            self.client.delete(pod, grace_s=0)
            return
        status = _status(pod, self.healthy(pod))
        current = pod.get("status", {})
        if current.get("phase") != status["phase"] or _is_ready(current) != _is_ready(status):
            self.client.set_status(pod, status)


@contextmanager
def kubelets(
    client: Client, nodes: Iterable[Node], healthy: Callable[[Object], bool] = lambda pod: True
) -> Iterator[Kubelets]:
    """Plays the kubelets of nodes as long as it lasts. A fault of theirs is raised at the end."""
    played = Kubelets(client.again(), frozenset(node.name for node in nodes), healthy)
    stop = threading.Event()
    faults: list[Exception] = []

    def play() -> None:
        while not stop.wait(_POLL_S):
            try:
                played.step()
            except ApiError as error:
                # What was listed may be gone or changed by now: the next step sees it as it is.
                if error.code not in (404, 409):
                    faults.append(error)
                    return
            except Exception as error:
                faults.append(error)
                return

    thread = threading.Thread(target=play, name="kubelets", daemon=True)
    thread.start()
    try:
        yield played
    finally:
        stop.set()
        thread.join()
    if faults:
        raise faults[0]


def _status(pod: Object, healthy: bool) -> Object:
    """What a kubelet reports of a pod once its containers started; those that need not be restarted are done."""
    done = pod["spec"].get("restartPolicy", "Always") != "Always"
    ready = healthy and not done
    if done and healthy:
        state: dict[str, Any] = {"terminated": {"exitCode": 0, "reason": "Completed"}}
    else:
        state = {"running": {"startedAt": _now()}}
    return {
        "phase": "Succeeded" if done and healthy else "Running",
        "startTime": _now(),
        "conditions": [_condition("Initialized"), _condition("ContainersReady", ready), _condition("Ready", ready)],
        "containerStatuses": [
            {
                "name": container["name"],
                "image": container["image"],
                "imageID": "",
                "ready": ready,
                "started": True,
                "restartCount": 0,
                "state": state,
            }
            for container in pod["spec"]["containers"]
        ],
    }


def _is_ready(status: Mapping[str, Any]) -> bool:
    return any(one["type"] == "Ready" and one["status"] == "True" for one in status.get("conditions", ()))


def _volume(claim: Object) -> Object:
    """A volume that fits a claim, for it alone."""
    name, namespace = claim["metadata"]["name"], claim["metadata"]["namespace"]
    spec = {
        "capacity": {"storage": claim["spec"]["resources"]["requests"]["storage"]},
        "accessModes": claim["spec"]["accessModes"],
        "claimRef": {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "namespace": namespace, "name": name},
        "persistentVolumeReclaimPolicy": "Retain",
        "hostPath": {"path": f"/made-up/{namespace}/{name}"},
    }
    if storage_class := claim["spec"].get("storageClassName"):
        spec["storageClassName"] = storage_class
    metadata = {"name": f"{namespace}.{name}"}
    return {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": metadata, "spec": spec}


def _condition(kind: str, true: bool = True) -> Object:
    return {"type": kind, "status": str(true), "lastTransitionTime": _now()}


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
