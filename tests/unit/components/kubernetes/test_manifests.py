"""Groups as workloads of a cluster: pods, volumes, probes, cards."""

from __future__ import annotations

import re
from typing import Any

import pytest

from components.kubernetes.manifests.base import Manifest
from components.kubernetes.render import render
from tests.trial_cluster import trial

Objects = dict[str, Manifest]


def rendered(**changes: Any) -> Objects:
    """The trial fleet's objects by key."""
    found = render(trial(**changes))
    by_key = {manifest.key: manifest for manifest in found}
    assert len(by_key) == len(found)
    return by_key


def spec(objects: Objects, key: str) -> Any:
    return objects[key].object["spec"]


def pod(objects: Objects, key: str) -> Any:
    return spec(objects, key)["template"]["spec"]


def containers(objects: Objects, key: str) -> dict[str, Any]:
    return {container["name"]: container for container in pod(objects, key)["containers"]}


def pods(objects: Objects) -> list[str]:
    return [key for key in objects if key.endswith("-pods")]


def test_every_container_is_locked_down_and_bounded() -> None:
    objects = rendered()
    for key in pods(objects):
        template = pod(objects, key)
        assert template["automountServiceAccountToken"] is False
        assert template["securityContext"]["runAsNonRoot"] is True
        assert template["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        for container in template["containers"]:
            security = container["securityContext"]
            assert security["readOnlyRootFilesystem"] is True
            assert security["allowPrivilegeEscalation"] is False
            assert security["capabilities"] == {"drop": ["ALL"]}
            assert (security["runAsUser"], security["runAsGroup"]) == (10001, 10001)
            assert set(container["resources"]["limits"]) >= {"cpu", "memory", "ephemeral-storage"}
            assert set(container["resources"]["requests"]) >= {"cpu", "memory", "ephemeral-storage"}


def test_a_group_is_one_pod_with_its_sidecars_on_ports_of_their_own() -> None:
    found = containers(rendered(), "store-pods")
    ports = {name: [port["containerPort"] for port in container["ports"]] for name, container in found.items()}
    assert ports == {"main": [8000], "lookups": [8010, 9100]}
    assert found["lookups"]["livenessProbe"]["httpGet"]["port"] == 8010


def test_data_for_a_single_writer_is_a_stateful_sets() -> None:
    objects = rendered()
    kinds = {key.removesuffix("-pods"): objects[key].object["kind"] for key in pods(objects)}
    assert kinds == {
        "front-blue": "Deployment", "store": "StatefulSet", "brain": "Deployment", "left": "Deployment",
        "right": "Deployment",
    }  # fmt: skip
    assert spec(objects, "store-pods")["replicas"] == 1


def test_an_elastic_group_states_no_number_of_copies() -> None:
    objects = rendered()
    assert "replicas" not in spec(objects, "front-blue-pods")
    assert spec(objects, "left-pods")["replicas"] == 1


def test_the_three_probes_ask_three_things() -> None:
    found = containers(rendered(), "left-pods")["main"]
    startup, ready, live = (found[f"{name}Probe"] for name in ("startup", "readiness", "liveness"))
    assert (startup["httpGet"]["path"], startup["failureThreshold"]) == ("/health", 30)
    assert (ready["httpGet"]["path"], ready["initialDelaySeconds"]) == ("/ready", 10)
    assert (live["httpGet"]["path"], live["initialDelaySeconds"]) == ("/health", 30)


def test_an_image_with_a_command_of_its_own_is_asked_by_it() -> None:
    image = {"build": None, "agents": None, "image": {"reference": "docker.io/library/thing:1"}}
    health = {"health": {"command": ["thing", "--ping"]}}
    found = containers(rendered(groups={"left": {"containers": {"main": {**image, **health}}}}), "left-pods")["main"]
    assert found["livenessProbe"]["exec"] == {"command": ["thing", "--ping"]}


def test_a_slow_starter_has_its_whole_deadline() -> None:
    slow = {"containers": {"main": {"health": {"start_period": "10m"}}}}
    found = containers(rendered(groups={"left": slow}), "left-pods")["main"]["startupProbe"]
    assert found["failureThreshold"] * found["periodSeconds"] == 720


def test_what_outlives_a_pod_is_claimed_and_what_does_not_is_empty() -> None:
    objects = rendered()
    found = {volume.pop("name"): volume for volume in pod(objects, "store-pods")["volumes"]}
    assert found["facts"] == {"persistentVolumeClaim": {"claimName": "facts"}}
    assert found["notes"] == {"emptyDir": {"sizeLimit": "256Mi"}}
    assert found["shm-main"] == {"emptyDir": {"medium": "Memory", "sizeLimit": "128Mi"}}
    assert found["tmp-lookups"] == {"emptyDir": {"medium": "Memory", "sizeLimit": "64Mi"}}
    claim = spec(objects, "volume-facts")
    assert claim == {
        "accessModes": ["ReadWriteOnce"],
        "resources": {"requests": {"storage": "2048Mi"}},
        "storageClassName": "fast",
    }


def test_a_secret_is_a_file_and_never_a_value() -> None:
    objects = rendered()
    volume = next(v for v in pod(objects, "store-pods")["volumes"] if v["name"] == "secrets-main")
    items = [{"key": "value", "path": "store-key"}]
    assert volume["projected"] == {"defaultMode": 0o440, "sources": [{"secret": {"name": "store-key", "items": items}}]}
    assert {"name": "STORE_KEY_FILE", "value": "/run/secrets/store-key"} in containers(objects, "store-pods")["main"][
        "env"
    ]
    assert not any(manifest.kind == "v1/Secret" for manifest in objects.values())


def test_addresses_are_full_names_in_a_file_that_pods_follow() -> None:
    objects = rendered()
    books = objects["left-settings"].object["data"]
    assert books == {"main.json": '{"front":"tcp://front.fleet:8000"}'}
    before = spec(objects, "left-pods")["template"]["metadata"]["annotations"]["fleet.local/address-book"]
    moved = rendered(machine={"cluster": {"namespace": "agents"}})
    after = spec(moved, "left-pods")["template"]["metadata"]["annotations"]["fleet.local/address-book"]
    assert before != after


def test_what_policies_judge_by_stands_on_the_pods() -> None:
    annotations = spec(rendered(), "brain-pods")["template"]["metadata"]["annotations"]
    assert annotations["fleet.local/main.gpu.request-mib"] == "4096"
    assert annotations["fleet.local/main.gpu.enforcement"] == "exclusive"


@pytest.mark.parametrize(
    ("gpu", "limits", "enforcement"),
    [
        pytest.param({}, {"nvidia.com/gpu": "1"}, "exclusive", id="a whole device"),
        pytest.param(
            {"sharing": "shared-device", "shares": 4}, {"nvidia.com/gpu.shared": "1"}, "advisory", id="a shared one"
        ),
        pytest.param(
            {"sharing": "memory-amount"},
            {"nvidia.com/gpu": "1", "nvidia.com/gpumem": str(8192 + 450)},
            "hami-core",
            id="an amount of its memory",
        ),
    ],
)
def test_a_pool_hands_out_its_cards_its_own_way(gpu: Any, limits: Any, enforcement: str) -> None:
    objects = rendered(machine={"cluster": {"node_pools": {"cards": {"gpu": gpu}}}})
    found = containers(objects, "brain-pods")["main"]["resources"]
    assert {k: v for k, v in found["limits"].items() if k.startswith("nvidia.com/")} == limits
    assert {k: v for k, v in found["requests"].items() if k.startswith("nvidia.com/")} == limits
    annotations = spec(objects, "brain-pods")["template"]["metadata"]["annotations"]
    assert annotations["fleet.local/main.gpu.enforcement"] == enforcement


def test_a_card_is_looked_for_in_its_pool_whose_nodes_are_kept_for_it() -> None:
    template = pod(rendered(), "brain-pods")
    assert template["nodeSelector"] == {"kubernetes.io/arch": "amd64", "fleet.local/pool": "cards"}
    assert template["tolerations"] == [{"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}]
    assert "nodeSelector" not in pod(rendered(), "left-pods")


def test_without_gpus_nobody_asks_for_one() -> None:
    found = containers(rendered(without_gpu=True), "brain-pods")["main"]["resources"]
    assert not any(name.startswith("nvidia.com/") for name in found["limits"])


def test_a_dollar_stays_one_wherever_kubernetes_expands_it() -> None:
    """In variables, entry points, commands and checks: $(NAME) is a variable, and $$ a single $."""
    cases = {
        "$(HOME) costs $5": "$$(HOME) costs $5",
        "$$(HOME)": "$$$$(HOME)",
        "$$$(HOME)": "$$$$$$(HOME)",
        "kill $$": "kill $$$$",
        "a$$$b": "a$$$$$$b",
        "$HOME ${X} $": "$HOME ${X} $",
    }
    for text, escaped in cases.items():
        assert _expanded(escaped) == text
        image = {"reference": "ghcr.io/x/y:1@sha256:" + "1" * 64}
        container = {"build": None, "agents": {}, "image": image, "entrypoint": ["sh", text], "command": ["-c", text]}
        container |= {"env": {"GREETING": text}, "health": {"command": ["sh", "-c", text]}}
        found = containers(rendered(groups={"left": {"containers": {"main": container}}}), "left-pods")["main"]
        assert {"name": "GREETING", "value": escaped} in found["env"]
        words = (found["command"], found["args"], found["livenessProbe"]["exec"]["command"])
        assert [each[-1] for each in words] == [escaped] * 3


def _expanded(text: str) -> str:
    """What Kubernetes makes of a text, without any variable (expansion.Expand)."""
    found = re.compile(r"\$(?:(\$)|\([^)]*\))?").sub(lambda match: match[1] or match[0], text)
    return str(found)


def test_a_pinned_image_is_not_pulled_again() -> None:
    digest = f"sha256:{'0' * 64}"
    objects = rendered(images={"registry": "ghcr.io/owner/fleet", "digests": {"left": digest}})
    found = containers(objects, "left-pods")["main"]
    assert (found["image"], found["imagePullPolicy"]) == (f"ghcr.io/owner/fleet/left:0.1.0@{digest}", "IfNotPresent")
    assert containers(objects, "right-pods")["main"]["imagePullPolicy"] == "Always"


def test_velero_gets_the_volumes_it_backs_up_and_no_claim_changes() -> None:
    backup = {"schedule": "@daily", "by": "velero"}
    objects = rendered(groups={"store": {"volumes": {"facts": {"backup": backup}}}})
    annotations = spec(objects, "store-pods")["template"]["metadata"]["annotations"]
    assert annotations["backup.velero.io/backup-volumes"] == "facts"
    assert annotations["fleet.local/main.backups"] == "facts: @daily by velero"
    claim = objects["volume-facts"].object["metadata"]
    assert claim["annotations"] == {"fleet.local/volume.writers": "one"}
    assert "velero" not in str([objects[key].object for key in pods(objects) if key != "store-pods"])
