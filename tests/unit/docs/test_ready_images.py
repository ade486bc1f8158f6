"""The guide to ready images shows the answers to a Compose file as they are."""

from __future__ import annotations

from pathlib import Path

from tests.unit.builders import faults_of
from tests.unit.docs.guide import copy_shipped
from tests.unit.docs.markdown import ROOT, blocks

_SERVICE = """description: Photos of the house.
ports: {main: {port: 2342}}
containers:
  main:
    health: {command: [curl, -sf, "http://localhost:2342"]}
    image: photos:2.1
    shm_size: 1g
    user: "1000:1000"
    restart: unless-stopped
    memory: {request: 512MiB}
    cpu: {limit: 1}
"""


def test_the_answers_to_a_compose_file_are_the_guides(tmp_path: Path) -> None:
    copy_shipped(tmp_path)
    file = tmp_path / "groups/home/photos.yaml"
    file.parent.mkdir()
    file.write_text(_SERVICE)
    (shown,) = blocks(ROOT / "docs/ready-images.md", "text")
    found = [fault for fault in faults_of(tmp_path) if "runs on no machine" not in fault]
    assert found == shown.text.splitlines()
