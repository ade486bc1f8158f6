"""`fleet export knative`: what it writes, and what it refuses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from tests.trial_cloud import PROJECT, STACK, write_trial
from tests.unit.builders import ROOT
from tests.unit.cli.running import fleet

UNDER_WAY = {"front": {"candidate": f"us-central1-docker.pkg.dev/{PROJECT}/fleet/front:0.2.0", "percent": 10}}


def project(folder: Path, **changes: Any) -> Path:
    """The trial's folder, as the command wants it."""
    write_trial(folder, **changes)
    (folder / "Pulumi.yaml").write_text("name: fleet\nruntime: python\n")
    return folder


def test_services_are_written_a_file_each_and_the_version_that_counts_first(tmp_path: Path) -> None:
    root = project(tmp_path / "project", rollouts=UNDER_WAY)
    answer = fleet(root, "export", "knative", STACK, "-o", str(tmp_path / "out"))
    assert (answer.code, answer.err) == (0, "")
    assert sorted(file.name for file in (tmp_path / "out").iterdir()) == [
        "00-shared.yaml",
        "01-brain.yaml",
        "01-store.yaml",
        "02-front-live.yaml",
        "02-front.yaml",
    ]
    text = (tmp_path / "out" / "00-shared.yaml").read_text()
    assert "#   Knative Serving, with a networking layer" in text
    assert "#   worker pools and jobs: crawler, nightly" in text


def test_a_file_of_a_rollout_that_is_over_goes(tmp_path: Path) -> None:
    root = project(tmp_path / "project", rollouts=UNDER_WAY)
    fleet(root, "export", "knative", STACK, "-o", str(tmp_path / "out"))
    write_trial(root)
    fleet(root, "export", "knative", STACK, "-o", str(tmp_path / "out"))
    assert not (tmp_path / "out" / "02-front-live.yaml").exists()


def test_the_same_is_printed_as_one_text(tmp_path: Path) -> None:
    answer = fleet(project(tmp_path), "export", "knative", STACK)
    assert answer.code == 0
    kinds = [found["kind"] for found in yaml.safe_load_all(answer.out) if found]
    assert kinds.count("Service") == 3
    assert kinds[0] == "Namespace"


def test_a_stack_that_is_no_cloud_run_is_refused_with_the_way_out() -> None:
    answer = fleet(ROOT, "export", "knative", "cluster")
    assert (answer.code, answer.out) == (2, "")
    assert answer.err == ("cluster: its target is kubernetes, not cloudrun; use `fleet export kubernetes cluster`\n")
