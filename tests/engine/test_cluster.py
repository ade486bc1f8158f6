"""A stack on a real API server by the real engine: deployed, previewed again, changed in place, destroyed.

No kubelet runs: pods are reported as ready by the kubernetes level's fixture, so that the engine's waiting ends.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.engine.conftest import missing_engine
from tests.engine.workspace import POLICY_PACK, Workspace
from tests.kubernetes import cluster, crds, nodes, shipped
from tests.kubernetes.client import Client, Object
from tests.kubernetes.nodes import kubelets
from tests.levels import need
from tests.trial_cluster import STACK, merged, trial, write_trial

pytestmark = pytest.mark.engine

MACHINE = {"connection": "kubeconfig://lab"}
CANDIDATE = "ghcr.io/owner/fleet/front:0.2.0"


@pytest.fixture(scope="module")
def ailing() -> set[str]:
    """Groups with pods that do not get ready."""
    return set()


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory, ailing: set[str]) -> Iterator[Client]:
    """A control plane with the trial's nodes, their kubelets played, and the custom kinds it needs."""
    need("engine-kubernetes", missing_engine("kubernetes") or cluster.missing() or crds.missing())
    with cluster.control_plane(tmp_path_factory.mktemp("control-plane")) as running:
        crds.install(running.client)
        machines = shipped.nodes_of(trial())
        nodes.register(running.client, machines)
        with kubelets(running.client, machines, lambda pod: pod["metadata"]["labels"].get("fleet.group") not in ailing):
            running.client.kubeconfig = running.kubeconfig  # type: ignore[attr-defined]
            yield running.client


@pytest.fixture(scope="module")
def workspace(client: Client, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """The trial fleet, deployed."""
    environment = {"KUBECONFIG": str(client.kubeconfig)}  # type: ignore[attr-defined]
    found = Workspace(tmp_path_factory.mktemp("trial"), STACK, environment)
    found.init()
    salt = yaml.safe_load((found.folder / f"Pulumi.{STACK}.yaml").read_text())
    change(found, salt)
    try:
        outcome = found.up()
        assert outcome.code == 0, outcome.text
        yield found
    finally:
        found.destroy()


def change(workspace: Workspace, salt: Object | None = None, **changes: Any) -> None:
    """Writes the trial fleet with changes, and keeps what Pulumi wrote into the stack's file."""
    file = workspace.folder / f"Pulumi.{STACK}.yaml"
    kept = salt or {key: value for key, value in yaml.safe_load(file.read_text()).items() if key != "config"}
    for group in workspace.folder.glob("groups/*/*.yaml"):
        group.unlink()
    (workspace.folder / "Pulumi.host.yaml").unlink(missing_ok=True)
    write_trial(workspace.folder, **{**changes, "machine": merged(MACHINE, changes.get("machine", {}))})
    file.write_text(yaml.safe_dump({**kept, **yaml.safe_load(file.read_text())}, sort_keys=False))


def image_of(client: Client, kind: str, name: str) -> str:
    found = client.get("apps/v1", kind, name, "fleet")
    assert found
    return str(found["spec"]["template"]["spec"]["containers"][0]["image"])


@pytest.mark.parametrize("options", [(), ("--refresh",)], ids=["without refresh", "with refresh"])
def test_the_second_preview_is_empty(workspace: Workspace, options: tuple[str, ...]) -> None:
    outcome = workspace.preview("--expect-no-changes", *options)
    assert outcome.code == 0, outcome.text


def test_the_policy_pack_agrees(workspace: Workspace) -> None:
    outcome = workspace.preview("--policy-pack", str(POLICY_PACK))
    assert outcome.code == 0, outcome.text
    assert "[mandatory]" not in outcome.text


def test_what_was_deployed_is_what_is_rendered(workspace: Workspace, client: Client) -> None:
    plan = trial(machine=MACHINE)
    for manifest in shipped.objects(plan):
        found = client.read(manifest)
        assert found, f"{manifest['kind']} {manifest['metadata']['name']}"
        assert found["metadata"]["labels"].items() >= manifest["metadata"].get("labels", {}).items()


def test_a_new_image_is_an_update_and_no_replacement(workspace: Workspace, client: Client) -> None:
    change(workspace, images={"registry": "ghcr.io/owner/fleet", "tag": "0.1.1"})
    preview = workspace.preview("--diff")
    assert "replace" not in preview.text, preview.text
    outcome = workspace.up()
    assert outcome.code == 0, outcome.text
    assert image_of(client, "StatefulSet", "store").endswith(":0.1.1")
    assert image_of(client, "Deployment", "brain").endswith(":0.1.1")


def test_a_changed_address_book_is_an_update_in_place(workspace: Workspace, client: Client) -> None:
    images = {"registry": "ghcr.io/owner/fleet", "tag": "0.1.1"}
    change(workspace, images=images, groups={"brain": {"peers": ["store"]}})
    preview = workspace.preview("--diff")
    assert "replace" not in preview.text, preview.text
    outcome = workspace.up()
    assert outcome.code == 0, outcome.text
    book = client.get("v1", "ConfigMap", "brain", "fleet")
    assert book
    assert book["data"]["main.json"] == '{"store":"tcp://store.fleet:8000"}'
    assert workspace.preview("--expect-no-changes").code == 0


def test_a_canary_goes_step_by_step_and_leaves_the_old_version_until_it_took_over(
    workspace: Workspace, client: Client
) -> None:
    def step(**state: Any) -> None:
        change(workspace, rollouts={"front": state})
        outcome = workspace.up()
        assert outcome.code == 0, outcome.text

    def backends() -> dict[str, int]:
        route = client.get("gateway.networking.k8s.io/v1", "HTTPRoute", "front", "fleet")
        assert route
        return {ref["name"]: ref["weight"] for ref in route["spec"]["rules"][0]["backendRefs"]}

    def selected() -> str:
        service = client.get("v1", "Service", "front", "fleet")
        assert service
        return str(service["spec"]["selector"]["fleet.track"])

    step(candidate=CANDIDATE, percent=10)
    assert (backends(), selected()) == ({"front-blue": 90, "front-green": 10}, "blue")
    assert image_of(client, "Deployment", "front-green") == CANDIDATE
    step(candidate=CANDIDATE, percent=100)
    assert (backends(), selected()) == ({"front-blue": 0, "front-green": 100}, "green")
    step(track="green", image=CANDIDATE)
    assert client.get("apps/v1", "Deployment", "front-blue", "fleet") is None
    assert selected() == "green"
    # And back.
    change(workspace)
    assert workspace.up().code == 0
    assert selected() == "blue"


_SHORT_WAIT = """import components.kubernetes.listing
components.kubernetes.listing.progress_deadline_s = lambda group: 15
"""


def test_an_update_with_a_refresh_fails_while_pods_that_it_does_not_change_are_not_ready(
    workspace: Workspace, client: Client, ailing: set[str]
) -> None:
    program = workspace.folder / "__main__.py"
    text = program.read_text()
    # The provider waits for as long as the group may take to start: ten minutes at least.
    program.write_text(_SHORT_WAIT + text.partition('"""\n')[2])
    assert workspace.up().code == 0
    ailing.add("left")
    try:
        client.wait(lambda: not _ready(client), "the pods of left are not ready")
        outcomes = [workspace.up("--refresh"), workspace.up()]
    finally:
        ailing.discard("left")
        program.write_text(text)
    for outcome in outcomes:
        assert outcome.code != 0, outcome.text
        assert "trial-left-pods" in outcome.text
        assert "Traceback" not in outcome.text
    client.wait(lambda: _ready(client), "the pods of left are ready")
    mended = workspace.up("--refresh")
    assert mended.code == 0, mended.text


def _ready(client: Client) -> bool:
    found = client.get("apps/v1", "Deployment", "left", "fleet-red")
    assert found
    return bool(found["status"].get("readyReplicas"))


def test_destroying_keeps_the_data(workspace: Workspace, client: Client) -> None:
    outcome = workspace.destroy()
    assert outcome.code == 0, outcome.text
    assert client.get("v1", "PersistentVolumeClaim", "facts", "fleet")
    assert client.get("apps/v1", "StatefulSet", "store", "fleet") is None
    outcome = workspace.up()
    assert outcome.code == 0, outcome.text


def test_a_preview_needs_no_cluster(tmp_path: Path) -> None:
    need("engine-kubernetes", missing_engine("kubernetes"))
    found = Workspace(tmp_path, STACK)
    found.init()
    kept = yaml.safe_load((found.folder / f"Pulumi.{STACK}.yaml").read_text())
    change(found, kept)
    outcome = found.preview()
    assert outcome.code == 0, outcome.text
    assert "kubernetes:apps/v1:StatefulSet trial-store-pods create" in outcome.text
