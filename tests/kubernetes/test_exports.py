"""Exports on a real control plane: it takes every object, and Helm installs, changes and removes a chart."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
import yaml

from components.kubernetes.files import manifest_files
from tests.kubernetes.charts import replanned, write_chart
from tests.kubernetes.client import Client
from tests.kubernetes.helm import Helm
from tests.unit.builders import swap
from tests.unit.clusters import STACKS, cluster_chart

pytestmark = [pytest.mark.kubernetes, pytest.mark.usefixtures("custom_kinds")]

_numbers = count(1)


@pytest.fixture
def trial(client: Client) -> Iterator[str]:
    """A name for namespaces and releases that no other test has; takes away what bears it."""
    name = f"trial-{next(_numbers)}"
    yield name
    for kind, version in (("Namespace", "v1"), ("PriorityClass", "scheduling.k8s.io/v1")):
        for found in client.list(version, kind):
            if found["metadata"]["name"].startswith(name):
                client.delete(found)


@pytest.mark.parametrize("stack", STACKS)
def test_the_api_takes_every_object_file_by_file(stack: str, client: Client, trial: str) -> None:
    deployment = replanned(stack, swap("    cluster:\n", f"    cluster:\n      namespace: {trial}\n"))
    for text in manifest_files(deployment, "").values():
        for found in yaml.safe_load_all(text):
            if found:
                client.apply(found)


@pytest.mark.parametrize("stack", STACKS)
def test_helm_installs_a_chart_and_keeps_data_when_it_goes(
    stack: str, client: Client, helm: Helm, trial: str, tmp_path: Path
) -> None:
    folder = str(write_chart(tmp_path / "chart", cluster_chart(stack)))
    place = ("--set", f"namespace.name={trial}")
    notes = helm.run("install", trial, folder, *place)
    assert f"kubectl -n {trial}-red create secret generic fox-key --from-file=value=FILE" in notes
    assert f"hub  http://hub.{trial}:8000" in notes
    assert "hub  https://hub.example.com" in notes

    helm.run("upgrade", trial, folder, *place, "--set", "tenants.red.enabled=false,groups.hub.replicas=2")
    assert client.get("apps/v1", "Deployment", "fox", f"{trial}-red") is None
    assert client.get("v1", "Namespace", f"{trial}-red")
    hub = client.get("apps/v1", "Deployment", "hub", trial) or {}
    assert hub["spec"]["replicas"] == 2

    helm.run("rollback", trial, "1")
    assert client.get("apps/v1", "Deployment", "fox", f"{trial}-red")

    helm.run("uninstall", trial)
    client.wait(lambda: client.get("apps/v1", "Deployment", "hub", trial) is None, "the hub is gone")
    assert client.get("v1", "PersistentVolumeClaim", "ledger-data", trial)
