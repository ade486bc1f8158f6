"""A project with everything a cloud may have: Google's real provider against a stand-in of Google's APIs.

Every request is compared with Google's own descriptions; what Google would do with it is not known here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
import yaml

from cli.diff.compare import compare_stack
from cli.diff.model import Kind
from cli.diff.reading import Reading, read_tree
from tests.engine.conftest import missing_engine
from tests.engine.workspace import POLICY_PACK, ROOT, Workspace
from tests.google import documents
from tests.google.service import Google, google
from tests.levels import need
from tests.trial_cloud import FULL, PROJECT, REGIONS, STACK, Tree, write_trial
from tests.trial_cluster import merged

pytestmark = pytest.mark.engine

CLOUD = merged(FULL, {"regions": list(REGIONS[:2]), "budget": {"monthly_usd": 1000}})
_WHO_AM_I = "openidconnect.googleapis.com:443"
_KINDS = {"create": Kind.ADDED, "update": Kind.CHANGED, "replace": Kind.REPLACED, "delete": Kind.REMOVED}


@dataclass(frozen=True)
class Project:
    """The trial project on the stand-in, and the engine that deploys it."""

    google: Google
    workspace: Workspace

    def write(self, *, groups: Any = None, cloud: Any = None, **config: Any) -> None:
        """Writes the fleet with changes, and keeps what Pulumi wrote into the stack's file."""
        file = self.workspace.folder / f"Pulumi.{STACK}.yaml"
        kept = yaml.safe_load(file.read_text()) if file.exists() else {}
        write_trial(self.workspace.folder, groups=groups, cloud=merged(CLOUD, cloud or {}), **config)
        file.write_text(yaml.safe_dump({**kept, **yaml.safe_load(file.read_text())}, sort_keys=False))

    def plan(self) -> Reading:
        """The plan of what is written."""
        return read_tree(self.workspace.folder, [STACK], ROOT)[STACK]

    def previewed(self) -> dict[str, Kind]:
        """Logical name -> what the engine would do, of the provider's resources."""
        outcome = self.workspace.preview("--json")
        assert outcome.code == 0, outcome.text
        steps: list[dict[str, Any]] = json.loads(outcome.text[outcome.text.index("{") :])["steps"]
        ours = {step["urn"].rpartition("::")[2]: step["op"] for step in steps if "$gcp:" in step["urn"]}
        return {name: _KINDS[op] for name, op in ours.items() if op in _KINDS}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """The deployed project."""
    need("engine-cloud", missing_engine("gcp") or documents.missing())
    with google() as service:
        found = Project(service, Workspace(tmp_path_factory.mktemp("cloud"), STACK, service.environment()))
        found.write()
        found.workspace.init()
        outcome = found.workspace.pulumi("up", "--yes", "--stack", STACK, "--policy-pack", str(POLICY_PACK))
        assert outcome.code == 0, outcome.text
        yield found


@pytest.fixture(scope="module")
def deployed(project: Project) -> Reading:
    """The plan of what is deployed."""
    return project.plan()


def test_every_request_is_one_that_google_describes(project: Project) -> None:
    assert project.google.faults == []
    assert {request.method.api for request in project.google.changes()} == {
        "artifactregistry",
        "billingbudgets",
        "cloudbuild",
        "compute",
        "iam",
        "logging",
        "monitoring",
        "pubsub",
        "run",
        "secretmanager",
        "serviceusage",
        "sqladmin",
        "storage",
    }


def test_nothing_but_who_the_token_belongs_to_is_asked_outside(project: Project) -> None:
    assert set(project.google.outside) == {_WHO_AM_I}


@pytest.mark.parametrize("options", [(), ("--refresh",)], ids=["without refresh", "with refresh"])
def test_the_second_preview_is_empty(project: Project, options: tuple[str, ...]) -> None:
    outcome = project.workspace.preview("--expect-no-changes", *options)
    assert outcome.code == 0, outcome.text


_OTHER_IMAGE = {"build": None, "image": {"reference": f"us-central1-docker.pkg.dev/{PROJECT}/fleet/other:2"}}
_CALLER = f"serviceAccount:caller@{PROJECT}.iam.gserviceaccount.com"
_IN_PLACE: Tree = {
    "groups": {
        "store": {"containers": {"main": _OTHER_IMAGE}},
        "nightly": {"containers": {"main": {"env": {"MOOD": "calm"}}}},
    },
    "cloud": {
        "services": {"brain": {"max_instances": 1}, "front": {"concurrency": 7}, "crawler": {"egress": "all"}},
        "front_door": {"requests_per_minute": 300},
        "observation": {"email": "other@example.org"},
        "budget": {"monthly_usd": 1200.5},
        "build_repository": "owner/other",
    },
}
_REPLACED = "another region, another host, another billing account"
_POINTING = {"trial-door-backend": Kind.CHANGED, "trial-door-https": Kind.CHANGED}
"""They name what is replaced by an id that a plan does not know: only the engine sees that they change."""
CHANGES: Mapping[str, Tree] = {
    "images, variables, scale, concurrency, egress, limits, alerts": _IN_PLACE,
    "memory, time limits, ingress, invokers, secrets, and a new version with a tenth of the requests": {
        "cloud": {
            "services": {
                "store": {"memory": "2GiB"},
                "nightly": {"timeout": "20m", "invokers": [_CALLER]},
                "brain": {"ingress": "load-balancer"},
            },
            "secrets": {"store-key": {"version": 3, "rotation_days": 60}},
        },
        "rollouts": {"front": {"candidate": "registry.example.org/front:2", "percent": 10}},
    },
    "a region more": {"cloud": {"regions": list(REGIONS)}},
    _REPLACED: {
        "cloud": {
            "regions": [REGIONS[0], REGIONS[2]],
            "front_door": {"host": "other.example.org"},
            "budget": {"billing_account": "FFFFFF-3D4E5F-678901"},
        }
    },
}


@pytest.mark.parametrize("change", CHANGES)
def test_the_verdict_on_a_change_is_the_engine_s(project: Project, deployed: Reading, change: str) -> None:
    project.write(**CHANGES[change])
    try:
        diff = compare_stack(STACK, deployed, project.plan())
        previewed = project.previewed()
    finally:
        project.write()
    reported = {found.name: found.kind for found in diff.resources if found.type.startswith("gcp:")}
    assert reported | (_POINTING if change == _REPLACED else {}) == previewed
    assert reported


def test_what_is_updated_keeps_what_is_there_and_then_nothing_is_left_to_change(project: Project) -> None:
    project.write(**_IN_PLACE)
    before = len(project.google.requests)
    outcome = project.workspace.up()
    assert outcome.code == 0, outcome.text
    asked = project.google.requests[before:]
    assert [r.method.id for r in asked if r.method.http == "DELETE"] == []
    run = [request for request in asked if request.method.api == "run" and request.method.http != "GET"]
    assert {request.method.verb for request in run} == {"patch"}
    assert project.google.faults == []
    second = project.workspace.preview("--expect-no-changes", "--refresh")
    assert second.code == 0, second.text


_FAILED = {"type": "Ready", "state": "CONDITION_FAILED", "reason": "HEALTH_CHECK_CONTAINER_ERROR", "message": "no port"}
_ELSEWHERE = {"latestReadyRevision": "projects/p/locations/l/services/front/revisions/front-old"}


def test_an_update_fails_while_a_service_that_it_does_not_change_is_not_ready(project: Project) -> None:
    kept = project.google.store.kept
    front = next(key for key in kept if key.startswith("run/") and key.endswith("/services/front"))
    before = dict(kept[front])
    for broken, said in (
        ({"terminalCondition": _FAILED}, "is not ready (CONDITION_FAILED, HEALTH_CHECK_CONTAINER_ERROR, no port)"),
        (_ELSEWHERE, "is not ready, and front-old serves"),
    ):
        kept[front] = {**before, **broken}
        try:
            # The second time without a refresh: what is known stays known.
            outcomes = [project.workspace.up("--refresh"), project.workspace.up()]
        finally:
            kept[front] = before
        for outcome in outcomes:
            assert outcome.code != 0, outcome.text
            assert said in outcome.text
            assert "Traceback" not in outcome.text
        mended = project.workspace.up("--refresh")
        assert mended.code == 0, mended.text


def test_a_protected_service_stays_and_one_that_is_not_goes(project: Project) -> None:
    refused = project.workspace.destroy()
    assert refused.code != 0
    assert "deletion" in refused.text
    names = ("front", "store", "brain", "crawler", "nightly")
    project.write(cloud={"services": {name: {"deletion_protection": False} for name in names}})
    outcome = project.workspace.up()
    assert outcome.code == 0, outcome.text
    outcome = project.workspace.destroy()
    assert outcome.code == 0, outcome.text
    left = {key.split("/")[0] for key in project.google.store.kept}
    # What holds data stays, with the topic that a secret waits for, and so do the APIs.
    assert left == {"pubsub", "secretmanager", "serviceusage", "sqladmin", "storage"}
    assert project.google.faults == []
