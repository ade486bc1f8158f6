"""What the errors of a failed update mean."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli.deploy.failure import _CAUSES, causes
from tests.unit.cli.trial_machine import DOCKER, alpha

PREFIX = "1 error occurred:\n\t* Unable to create container: Error response from daemon: "
SECRET = "/srv/fleet/secrets/camera-key"  # noqa: S105
ENDPOINT = "driver failed programming external connectivity on endpoint hub (8dd9): "

ERRORS = {
    "error: the stack is currently locked by 1 lock(s)": ("state lock", "pulumi cancel --yes alpha"),
    f"{ENDPOINT}Bind for 192.168.9.10:8100 failed: port is already allocated": (
        "192.168.9.10:8100 port",
        f"{DOCKER} ps --filter publish=8100",
    ),
    f"{ENDPOINT}Error starting userland proxy: listen tcp4 192.168.9.10:8100: bind: address already in use": (
        "192.168.9.10:8100 port",
        "sudo ss -lnp 'sport = 8100'",
    ),
    "failed to bind host port for 192.168.9.10:8100:10.1.0.2:8000/tcp: address already in use": (
        "192.168.9.10:8100 port",
        "sudo ss -lnp 'sport = 8100'",
    ),
    f"{ENDPOINT}Error starting userland proxy: listen tcp4 192.168.9.10:8100: bind: cannot assign requested address": (
        "192.168.9.10 address",
        "correct machine.lan_address in Pulumi.alpha.yaml",
    ),
    "failed to create network: Pool overlaps with other one on this address space": (
        "alpha_internal subnet",
        f"set machine.network.subnet in Pulumi.alpha.yaml to a free one; `{DOCKER} network ls`",
    ),
    f'invalid mount config for type "bind": bind source path does not exist: {SECRET}': (
        f"{SECRET} path",
        f"sudo install -D -o 10001 -g 10001 -m 0400 /dev/stdin {SECRET}",
    ),
    "error while mounting volume: failed to mount local volume: mount /srv/hub:/var/lib/docker/volumes/alpha-hub-data/"
    "_data, flags: 0x1000: no such file or directory": (
        "/srv/hub path",
        "sudo install -d -o 10001 -g 10001 -m 0770 /srv/hub",
    ),
    'error gathering device information while adding custom device "/dev/video0": no such file or directory': (
        "/dev/video0 device",
        "load its driver, or remove it from machine.devices in Pulumi.alpha.yaml",
    ),
    'could not select device driver "nvidia" with capabilities: [[gpu]]': (
        "machine GPU",
        "install it, then sudo nvidia-ctk runtime configure --runtime=docker && sudo systemctl restart docker",
    ),
    "write /data/model: no space left on device": ("machine disk", f"{DOCKER} system prune"),
    'Conflict. The container name "/hub" is already in use by container "0a".': (
        "hub name",
        f"{DOCKER} rename hub hub-old",
    ),
    "network with name alpha_internal already exists": (
        "alpha_internal name",
        f"{DOCKER} network rm alpha_internal",
    ),
}


@pytest.fixture(autouse=True)
def _project(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PULUMI_BACKEND_URL", "s3://state")
    (tmp_path / "Pulumi.yaml").write_text("name: fleet\nruntime: python\n")
    monkeypatch.chdir(tmp_path)


def found(folder: Path, *messages: str, severity: str = "error") -> list[tuple[str, str]]:
    """Subject with check, and fix, of the causes in an event log."""
    log = folder / "events"
    events = [{"diagnosticEvent": {"message": message, "severity": severity}} for message in messages]
    log.write_text("\n".join(map(json.dumps, events)))
    return [(f"{cause.subject} {cause.check}", cause.fix) for cause in causes(alpha(), log)]


def test_each_known_error_has_its_cause_and_fix_once(tmp_path: Path) -> None:
    for error, expected in ERRORS.items():
        # The provider and the engine report the same.
        messages = (f"  sdk.helper_schema: {error}: provider=docker@5.2.0", PREFIX + error)
        assert found(tmp_path, *messages) == [expected], error
    assert len(ERRORS) >= len(_CAUSES)


def test_several_causes_are_all_named(tmp_path: Path) -> None:
    assert len(found(tmp_path, *ERRORS)) >= len(ERRORS) - 1


def test_other_messages_have_no_cause(tmp_path: Path) -> None:
    assert found(tmp_path, "update failed", "container hub: stopped by itself (exit code 3)") == []
    assert found(tmp_path, *ERRORS, severity="info") == []
    assert list(causes(alpha(), tmp_path / "missing")) == []
