"""B05 no-docker-socket."""

from __future__ import annotations

from typing import Any

import pytest

from policy.engine.catalogue import rule
from policy.views.registered import Registered
from tests.policy.builders import container, judged, violation, volume
from tests.policy.kubernetes_builders import blamed, workload

B05 = rule("B05")


@pytest.mark.parametrize(
    "properties",
    [
        pytest.param(
            {"mounts": [{"type": "volume", "source": "docker.sock", "target": "/x"}]}, id="a volume of that name"
        ),
        pytest.param({"volumes": [{"hostPath": "/data/models", "containerPath": "/models"}]}, id="a folder of data"),
        pytest.param({"volumes": [{"hostPath": "/data/docker.sock.d", "containerPath": "/x"}]}, id="a longer name"),
    ],
)
def test_it_holds_with(properties: dict[str, Any]) -> None:
    assert judged(B05, container(**properties)) == {}


@pytest.mark.parametrize(
    ("properties", "path"),
    [
        pytest.param(
            {
                "volumes": [
                    {"hostPath": "/var/run/docker.sock", "containerPath": "/var/run/docker.sock", "readOnly": True}
                ]
            },
            "/var/run/docker.sock",
            id="docker's, read-only all the same",
        ),
        pytest.param(
            {"mounts": [{"type": "bind", "source": "/run/containerd/containerd.sock", "target": "/c"}]},
            "/run/containerd/containerd.sock",
            id="containerd's",
        ),
        pytest.param(
            {"mounts": [{"type": "BIND", "source": "/run/user/1000/podman/podman.sock", "target": "/p"}]},
            "podman.sock",
            id="a rootless podman's",
        ),
        pytest.param(
            {"volumes": [{"volumeName": "/var/run/crio/crio.sock", "containerPath": "/c"}]},
            "crio.sock",
            id="a path in the place of a volume's name",
        ),
        pytest.param(
            {"volumes": [{"hostPath": "/var/run/./x/../docker.sock/", "containerPath": "/d"}]},
            "docker.sock",
            id="a roundabout path",
        ),
    ],
)
def test_it_fails_with(properties: dict[str, Any], path: str) -> None:
    message = violation(B05, container(**properties))
    assert "mounts holds" in message
    assert path in message
    assert "remove the mount" in message


def test_a_volume_must_not_be_the_socket_either() -> None:
    bad = volume("sock", driverOpts={"type": "none", "o": "bind", "device": "/run/docker.sock"})
    message = violation(B05, bad, volume("data"))
    assert message.startswith('volume sock: device is "/run/docker.sock"')


@pytest.mark.parametrize(
    "good",
    [
        pytest.param(workload(), id="no host path"),
        pytest.param(workload(pod={"volumes": [{"name": "tmp", "hostPath": {"path": "/data/models"}}]}), id="a folder"),
    ],
)
def test_on_a_cluster_it_holds_with(good: Registered) -> None:
    assert judged(B05, good) == {}


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        pytest.param(
            workload(pod={"volumes": [{"name": "tmp", "hostPath": {"path": "/run/containerd/containerd.sock"}}]}),
            'mounts holds "/run/containerd/containerd.sock"',
            id="the runtime's socket",
        ),
    ],
)
def test_on_a_cluster_it_fails_with(bad: Registered, says: str) -> None:
    assert says in blamed(B05, bad)
