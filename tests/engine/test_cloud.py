"""The shipped Cloud Run stack previewed by the real engine: where the Google provider and credentials are."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.engine.conftest import missing_engine
from tests.engine.workspace import POLICY_PACK, Workspace
from tests.levels import need

pytestmark = pytest.mark.engine

_CREDENTIALS = Path.home() / ".config/gcloud/application_default_credentials.json"


def _missing_credentials() -> str | None:
    given = os.environ.get("GOOGLE_APPLICATION_CREDENTIALS")
    there = Path(given) if given else _CREDENTIALS
    return None if there.is_file() else "there are no Google credentials (gcloud auth application-default login)"


def test_the_shipped_cloud_is_previewed_and_judged(tmp_path: Path) -> None:
    need("engine", missing_engine("gcp") or _missing_credentials())
    workspace = Workspace(tmp_path, "cloud")
    workspace.take_shipped_files()
    workspace.init()
    outcome = workspace.preview("--policy-pack", str(POLICY_PACK))
    assert outcome.code == 0, outcome.text
    assert "gcp:cloudrunv2/service:Service" in outcome.text
