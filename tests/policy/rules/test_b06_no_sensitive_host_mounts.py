"""B06 no-sensitive-host-mounts."""

from __future__ import annotations

import pytest

from policy.core.verdict import Kind
from policy.engine.catalogue import rule
from policy.views.registered import UNKNOWN, Registered
from tests.policy.builders import container, judged, verdicts, violation, volume
from tests.policy.kubernetes_builders import blamed, workload

B06 = rule("B06")


def _mounting(path: str) -> Registered:
    return container(volumes=[{"hostPath": path, "containerPath": "/mnt", "readOnly": True}])


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("/data/models/huggingface", id="a folder of data"),
        pytest.param("/home/owner/models", id="a folder of somebody's own"),
        pytest.param("/library", id="a name that begins like /lib"),
        pytest.param("/etcetera/x", id="a name that begins like /etc"),
        pytest.param("/tmp/nvidia-mps", id="the pipe directory of MPS"),
    ],
)
def test_it_holds_with(path: str) -> None:
    assert judged(B06, _mounting(path)) == {}


@pytest.mark.parametrize(
    "path",
    ["/", "/boot", "/dev", "/etc", "/lib", "/proc", "/sys", "/usr", "/var/run", "/run", "/root", "/var/lib/docker"],
)
def test_it_fails_with(path: str) -> None:
    message = violation(B06, _mounting(path))
    assert f'mounts holds "{path}" of the host' in message
    assert "machine.binds" in message


@pytest.mark.parametrize(
    ("path", "folder"),
    [
        pytest.param("/etc/ssh", "/etc", id="a folder in it"),
        pytest.param("//etc//", "/etc", id="doubled slashes"),
        pytest.param("/data/../etc", "/etc", id="a way round"),
        pytest.param("/var", "/var/run", id="the folder above it"),
        pytest.param("/dev/shm", "/dev", id="the host's shared memory"),
    ],
)
def test_it_fails_with_what_lies_in_or_above_one(path: str, folder: str) -> None:
    assert f"of the host ({folder})" in violation(B06, _mounting(path))


def test_a_volume_of_a_sensitive_folder_fails_by_itself() -> None:
    bad = volume("settings", driverOpts={"type": "none", "o": "bind", "device": "/etc"})
    message = violation(B06, bad, volume("data", driverOpts={"type": "none", "o": "bind", "device": "/data/x"}))
    assert message.startswith('volume settings: device is "/etc" of the host')


def test_a_volume_made_by_a_mount_s_own_options_fails() -> None:
    options = {"driverName": "local", "driverOptions": {"type": "none", "o": "bind", "device": "/usr"}}
    mount = {"type": "volume", "source": "x", "target": "/x", "volumeOptions": options}
    assert 'mounts holds "/usr"' in violation(B06, container(mounts=[mount]))


def test_a_volume_of_a_block_device_fails() -> None:
    assert "/dev/sda1" in violation(B06, volume("disk", driverOpts={"type": "ext4", "device": "/dev/sda1"}))


def test_a_single_path_may_be_allowed() -> None:
    assert judged(B06, _mounting("/etc/localtime"), allowed=["/etc/localtime"]) == {}


def test_the_known_mounts_are_judged_though_another_is_unknown() -> None:
    entries = [{"hostPath": UNKNOWN, "containerPath": "/x"}, {"hostPath": "/etc", "containerPath": "/y"}]
    found = verdicts(B06, container(volumes=entries))
    assert [verdict.kind for verdict in found] == [Kind.VIOLATION, Kind.UNKNOWN]


def test_a_volume_whose_folder_is_unknown_is_said_to_be_unjudged() -> None:
    found = verdicts(B06, volume("data", driverOpts={"device": UNKNOWN}))
    assert [(verdict.resource, verdict.kind) for verdict in found] == [("data", Kind.UNKNOWN)]


@pytest.mark.parametrize(
    "good",
    [
        pytest.param(workload(), id="no host path"),
        pytest.param(
            workload(pod={"volumes": [{"name": "tmp", "hostPath": {"path": "/data/models"}}]}),
            id="a dedicated directory",
        ),
    ],
)
def test_on_a_cluster_it_holds_with(good: Registered) -> None:
    assert judged(B06, good) == {}


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        pytest.param(
            workload(pod={"volumes": [{"name": "tmp", "hostPath": {"path": "/etc/kubernetes"}}]}),
            'mounts holds "/etc/kubernetes" of the host (/etc)',
            id="what configures the host",
        ),
    ],
)
def test_on_a_cluster_it_fails_with(bad: Registered, says: str) -> None:
    assert says in blamed(B06, bad)


def test_whole_homes_and_folders_of_keys_are_refused_and_folders_in_a_home_are_not() -> None:
    for path in (
        "/home",
        "/home/owner",
        "/home/owner/",
        "/tmp",
        "/home/owner/.ssh",
        "/data/.kube/cache",
        "/srv/.docker",
    ):
        assert f'mounts holds "{path}"' in violation(B06, _mounting(path)), path
        assert judged(B06, volume(driverOpts={"type": "none", "o": "bind", "device": path})) != {}, path
    for path in ("/home/owner/models", "/tmp/nvidia-mps", "/srv", "/data/docker", "/data/ssh", "/homes/owner"):
        assert judged(B06, _mounting(path)) == {}, path
