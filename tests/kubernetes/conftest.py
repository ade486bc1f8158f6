"""Fixtures of the kubernetes level: one control plane a session; namespaces and nodes that a test has to itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path

import pytest

from tests.kubernetes import cluster, crds, nodes
from tests.kubernetes import helm as helm_program
from tests.kubernetes.client import Client, Object
from tests.kubernetes.cluster import Cluster, ClusterError
from tests.kubernetes.helm import Helm
from tests.kubernetes.nodes import Node
from tests.levels import need

NewNamespace = Callable[[], str]
AddNodes = Callable[..., None]

RESTRICTED = {"pod-security.kubernetes.io/enforce": "restricted"}
"""Label of a namespace that takes hardened pods only."""

_numbers = count(1)


@pytest.fixture(scope="session")
def control_plane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A control plane without nodes."""
    need("kubernetes", cluster.missing())
    with ExitStack() as running:
        try:
            yield running.enter_context(cluster.control_plane(tmp_path_factory.mktemp("control-plane")))
        except ClusterError as error:
            need("kubernetes", str(error))


@pytest.fixture(scope="session")
def client(control_plane: Cluster) -> Client:
    """Speaks to the control plane as its administrator."""
    return control_plane.client


@pytest.fixture(scope="session")
def custom_kinds(client: Client) -> None:
    """The control plane knows the kinds of Gateway API, cert-manager, KEDA, the Prometheus operator and Knative."""
    need("kubernetes", crds.missing())
    crds.install(client)


@pytest.fixture
def helm(control_plane: Cluster, tmp_path: Path) -> Helm:
    """Helm, against the control plane."""
    need("kubernetes", helm_program.missing())
    return Helm(control_plane, tmp_path / "helm")


@pytest.fixture
def new_namespace(client: Client) -> Iterator[NewNamespace]:
    """Makes namespaces that take hardened pods only, and asks for their deletion at the end."""
    made: list[Object] = []

    def make() -> str:
        name = f"test-{next(_numbers)}"
        metadata = {"name": name, "labels": RESTRICTED}
        made.append(client.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}))
        # Pods are refused until the controllers gave the namespace its service account.
        client.wait(lambda: client.get("v1", "ServiceAccount", "default", name), f"{name} has a service account")
        return name

    yield make
    for namespace in made:
        client.delete(namespace)
        # It goes by and by; its pods at once, or a waiting one would be placed on another test's node.
        client.call(
            "DELETE", f"/api/v1/namespaces/{namespace['metadata']['name']}/pods", json={"gracePeriodSeconds": 0}
        )


@pytest.fixture
def namespace(new_namespace: NewNamespace) -> str:
    """A namespace that takes hardened pods only."""
    return new_namespace()


@pytest.fixture
def add_nodes(client: Client) -> Iterator[AddNodes]:
    """Registers nodes, which are gone again after the test, with the pods on them."""
    added: list[Node] = []

    def add(*more: Node) -> None:
        added.extend(more)
        nodes.register(client, more)

    yield add
    nodes.remove(client, added)
