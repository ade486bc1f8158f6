"""The shipped Cloud Run stack previewed by the real engine and Google's real provider, without Google."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from cli.diff.fields import changed_fields
from components.cloudrun.changes import replacing
from tests.engine.conftest import missing_engine
from tests.engine.workspace import POLICY_PACK, Workspace
from tests.levels import need
from tests.trial_cloud import FULL, trial
from tests.unit.components.registering import register

pytestmark = pytest.mark.engine

OFFLINE: Mapping[str, str] = {
    # A preview of what is not there yet asks Google nothing: any token will do, and none is issued by anybody.
    "GOOGLE_OAUTH_ACCESS_TOKEN": "nobody-issued-this",
    # Nothing answers there: who the token belongs to is asked on the way, and goes on without an answer.
    "HTTPS_PROXY": "http://127.0.0.1:9",
}


@pytest.fixture(autouse=True)
def _provider() -> None:
    need("engine-cloud", missing_engine("gcp"))


def test_the_shipped_cloud_is_previewed_and_judged_without_google(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path, "cloud", OFFLINE)
    workspace.take_shipped_files()
    workspace.init()
    outcome = workspace.preview("--policy-pack", str(POLICY_PACK))
    assert outcome.code == 0, outcome.text
    assert "gcp:cloudrunv2:Service" in outcome.text


def test_what_replaces_a_resource_is_what_the_provider_says() -> None:
    schema = _schema()
    wrong = {}
    for seen in register(trial(cloud=FULL)).plain.values():
        if not seen.type.startswith("gcp:"):
            continue
        inputs = schema["resources"][seen.type]["inputProperties"]
        plain = json.loads(json.dumps(seen.inputs, default=str))
        paths = [change.path for change in changed_fields(seen.type, {}, plain)]
        forced = {path for path in paths if _is_forced(path.split("."), inputs, schema)}
        if found := forced.symmetric_difference(replacing(seen.type, paths)):
            wrong[seen.type] = sorted(found)
    assert wrong == {}


def _schema() -> dict[str, Any]:
    done = subprocess.run(["pulumi", "package", "get-schema", "gcp"], capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _is_forced(path: Sequence[str], properties: Mapping[str, Any], schema: Mapping[str, Any]) -> bool:
    """Whether a field, or anything that it is part of, replaces the resource."""
    return any(bool(field.get("willReplaceOnChanges")) for field in _along(path, properties, schema))


def _along(
    path: Sequence[str], properties: Mapping[str, Any], schema: Mapping[str, Any]
) -> Iterator[Mapping[str, Any]]:
    field = properties.get(path[0])
    if field is None:
        return
    yield field
    rest = path[1:]
    if field.get("type") == "array":
        field, rest = field["items"], rest[1:]
    if rest and "$ref" in field:
        yield from _along(rest, schema["types"][field["$ref"].removeprefix("#/types/")]["properties"], schema)
