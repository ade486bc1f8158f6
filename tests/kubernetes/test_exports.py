"""Exports on a real control plane: it takes every object, and Helm installs, changes and removes a chart."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from components.kubernetes.files import manifest_files
from tests.kubernetes.charts import write_chart
from tests.kubernetes.client import Client, Object
from tests.kubernetes.helm import Helm
from tests.unit.clusters import STACKS, cluster_chart, planned_cluster

pytestmark = [pytest.mark.kubernetes, pytest.mark.usefixtures("custom_kinds")]


@pytest.fixture
def clean(client: Client) -> Iterator[None]:
    """Takes away what the objects of an export are in, and what lies in no namespace."""
    yield
    for release in client.list("v1", "Secret", "default", labels="owner=helm"):
        client.delete(release)
    for kind, version in (("Namespace", "v1"), ("PriorityClass", "scheduling.k8s.io/v1")):
        for found in client.list(version, kind):
            if found["metadata"]["name"].startswith("fleet"):
                client.delete(found)
    client.wait(lambda: not _namespaces(client), "the namespaces are gone", seconds=60)


def _namespaces(client: Client) -> list[str]:
    names = [found["metadata"]["name"] for found in client.list("v1", "Namespace")]
    return [name for name in names if name.startswith("fleet")]


@pytest.mark.parametrize("stack", STACKS)
@pytest.mark.usefixtures("clean")
def test_the_api_takes_every_object_file_by_file(stack: str, client: Client) -> None:
    for text in manifest_files(planned_cluster(stack)[0], "").values():
        for found in yaml.safe_load_all(text):
            if found:
                client.apply(found)


@pytest.mark.parametrize("stack", STACKS)
@pytest.mark.usefixtures("clean")
def test_helm_installs_a_chart_and_keeps_data_when_it_goes(
    stack: str, client: Client, helm: Helm, tmp_path: Path
) -> None:
    folder = str(write_chart(tmp_path / "chart", cluster_chart(stack)))
    notes = helm.run("install", "trial", folder)
    assert "kubectl -n fleet-red create secret generic fox-key --from-file=value=FILE" in notes
    assert "hub  http://hub.fleet:8000" in notes
    helm.run("upgrade", "trial", folder, "--set", "tenants.red.enabled=false,groups.hub.replicas=2")
    assert client.get("apps/v1", "Deployment", "fox", "fleet-red") is None
    assert client.get("v1", "Namespace", "fleet-red")
    assert _deployment(client, "hub")["spec"]["replicas"] == 2
    helm.run("rollback", "trial", "1")
    assert client.get("apps/v1", "Deployment", "fox", "fleet-red")
    helm.run("uninstall", "trial")
    client.wait(lambda: client.get("apps/v1", "Deployment", "hub", "fleet") is None, "the hub is gone")
    assert client.get("v1", "PersistentVolumeClaim", "ledger-data", "fleet")


def _deployment(client: Client, name: str) -> Object:
    found = client.get("apps/v1", "Deployment", name, "fleet")
    assert found is not None
    return found
