"""Volumes in memory have names that a pod takes."""

from __future__ import annotations

import pytest

from fleet.source.faults import ConfigurationError
from fleet.targets.memory_volumes import memory_volume
from tests import trial_cloud, trial_cluster

FOLDERS = {
    "/a/b,/a-b": "would be called a-b-main, like that of /a/b",
    "/a.b,/ab": "would be called ab-main, like that of /a.b",
    "/Spool,/spool": "would be called spool-main, like that of /Spool",
    "/shm": "would be called shm-main, like that of shm",
    "/secrets": "would be called secrets-main, like that of secrets",
    "/a_b": '"a_b-main", which is no DNS label',
    "/a b": '"a b-main", which is no DNS label',
    "/-a": '"-a-main", which is no DNS label',
    f"/{'a' * 60}": "which is no DNS label",
    "/é": "which is no DNS label",
}


def test_a_volume_is_named_after_its_path() -> None:
    assert memory_volume("/tmp/.x/Y", "main") == "tmp-x-y-main"


@pytest.mark.parametrize("target", [trial_cluster.trial_project, trial_cloud.trial_project])
def test_folders_whose_volumes_would_clash_are_refused(target: object) -> None:
    taken = []
    for folders, said in FOLDERS.items():
        tmpfs = dict.fromkeys(folders.split(","), "1MiB")
        try:
            main = {"hardening": {"tmpfs": tmpfs}, "memory": {"limit": "256MiB"}}
            target(groups={"store": {"containers": {"main": main}}})  # type: ignore[operator]
        except ConfigurationError as error:
            if said in error.text():
                continue
        taken.append(folders)
    assert taken == []


def test_a_volume_is_not_named_like_one_of_the_pods_own() -> None:
    for name in ("shm-main", "secrets-main", "address-book-main", "tmp-main"):
        main = {"mounts": {name: {"path": "/logs"}}}
        store = {"containers": {"main": main}, "volumes": {name: {"kind": "scratch"}}}
        with pytest.raises(ConfigurationError, match=name):
            trial_cluster.trial_project(groups={"store": store})
