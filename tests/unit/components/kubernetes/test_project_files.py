"""Files of the project in pods: a ConfigMap, a mount for each, and a digest that restarts the pods."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import Any

import yaml

from components.kubernetes.charts.nodes import NAMESPACE_MARK
from components.kubernetes.helm import chart
from components.kubernetes.render import render
from fleet import labels
from fleet.plan.deployment import Deployment
from fleet.plan.kubernetes_namespaces import moved
from fleet.plan.planned_container import PlannedFile
from fleet.plan.planner import plan_stack
from tests.trial_cluster import STACK, group_of, trial, trial_project

TEXT = PlannedFile("/etc/app/config.yaml", "config/app.yaml", b"level: '{{ .Level }}'\n")
BINARY = PlannedFile("/etc/app/one.bin", "config/one.bin", b"\xff\x00")


def with_files(deployment: Deployment, *files: PlannedFile) -> Deployment:
    """A deployment whose group `store` has files in its main container."""
    store = group_of(deployment, "store")
    containers = tuple(replace(c, files=files) if c.key == "main" else c for c in store.containers)
    changed = replace(store, containers=containers)
    return replace(deployment, groups=tuple(changed if group is store else group for group in deployment.groups))


def objects(*files: PlannedFile) -> dict[str, Any]:
    """Key -> object of the trial stack."""
    return {manifest.key: manifest.object for manifest in render(with_files(trial(), *files))}


def test_each_file_is_mounted_alone_and_read_only() -> None:
    found = objects(TEXT, BINARY)
    settings = found["store-files"]
    assert settings["metadata"]["name"] == "store.files"
    assert settings["data"] == {"main.0": TEXT.content.decode()}
    assert settings["binaryData"] == {"main.1": base64.b64encode(BINARY.content).decode()}
    pod = found["store-pods"]["spec"]["template"]["spec"]
    (volume,) = [each for each in pod["volumes"] if each["name"] == "files-main"]
    items = [{"key": "main.0", "path": "0"}, {"key": "main.1", "path": "1"}]
    assert volume["configMap"] == {"name": "store.files", "items": items, "defaultMode": 0o444}
    assert [each for each in pod["containers"][0]["volumeMounts"] if each["name"] == "files-main"] == [
        {"name": "files-main", "mountPath": file.path, "subPath": str(index), "readOnly": True}
        for index, file in enumerate((TEXT, BINARY))
    ]


def test_a_change_of_content_or_path_restarts_the_pods() -> None:
    def digest(*files: PlannedFile) -> str | None:
        annotations = objects(*files)["store-pods"]["spec"]["template"]["metadata"]["annotations"]
        found: str | None = annotations.get(labels.FILES)
        return found

    others = [replace(TEXT, content=b"level: debug\n"), replace(TEXT, path="/etc/app/other.yaml")]
    assert len({digest(file) for file in (TEXT, *others)}) == 3
    assert digest() is None
    assert "store-files" not in objects()


def test_the_chart_carries_the_files_unchanged() -> None:
    fleet = trial_project().fleet
    elsewhere = plan_stack(moved(fleet, STACK, NAMESPACE_MARK), STACK)
    files = chart(with_files(trial(), TEXT, BINARY), with_files(elsewhere, TEXT, BINARY), "made")
    text = files["templates/groups/store.yaml"]
    assert "name: store.files" in text
    assert "main.1: '/wA='" in text
    line = next(line for line in text.splitlines() if line.lstrip().startswith("main.0:"))
    escaped = line.replace('{{ "{{" }}', "{{")
    assert yaml.safe_load(escaped) == {"main.0": TEXT.content.decode()}
