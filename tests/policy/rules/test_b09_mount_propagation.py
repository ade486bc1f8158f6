"""B09 mount-propagation."""

from __future__ import annotations

from typing import Any

import pytest

from policy.core.verdict import Kind
from policy.engine.catalogue import rule
from policy.views.registered import UNKNOWN
from tests.policy.builders import container, foreign_container, judged, verdicts, violation, volume
from tests.policy.kubernetes_builders import blamed, workload

B09 = rule("B09")


def _bind(propagation: object) -> dict[str, Any]:
    bound = {"type": "bind", "source": "/data", "target": "/data", "bindOptions": {"propagation": propagation}}
    return {"mounts": [bound]}


def _driver(options: object) -> dict[str, Any]:
    driver = {"driverOptions": {"type": "none", "device": "/data", "o": options}}
    return {"mounts": [{"type": "volume", "source": "data", "target": "/data", "volumeOptions": driver}]}


def _pod(propagation: object) -> dict[str, Any]:
    return {"volumeMounts": [{"name": "tmp", "mountPath": "/tmp", "mountPropagation": propagation}]}


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param(_bind(None), id="no word"),
        pytest.param(_bind("rprivate"), id="the default by its name"),
        pytest.param(_bind("private"), id="private, without what lies below"),
        pytest.param(_driver("bind"), id="a driver's options without a word of it"),
        pytest.param(_driver("bind,rprivate"), id="a driver with the default set"),
    ],
)
def test_it_holds_on_docker_with(changes: dict[str, Any]) -> None:
    assert judged(B09, container(**changes)) == {}


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        pytest.param(_bind("rshared"), "appear on the host", id="shared with all below it"),
        pytest.param(_bind("shared"), "appear on the host", id="shared"),
        pytest.param(_bind("rslave"), "appear in the container", id="slave with all below it"),
        pytest.param(_bind(" SLAVE "), "appear in the container", id="slave, oddly written"),
        pytest.param(_driver("bind,rshared"), "appear on the host", id="a driver's options"),
    ],
)
def test_it_fails_on_docker_with(changes: dict[str, Any], says: str) -> None:
    message = violation(B09, container(**changes))
    assert "mounts holds" in message
    assert says in message


def test_a_volume_whose_driver_mounts_it_shared_fails() -> None:
    bad = volume(driverOpts={"type": "none", "device": "/data", "o": "bind,rshared"})
    assert 'propagation is "rshared"' in violation(B09, bad)
    assert judged(B09, volume(driverOpts={"type": "none", "device": "/data", "o": "bind"})) == {}


def test_the_fix_of_another_programs_container_names_the_option() -> None:
    assert "set it to rprivate" in judged(B09, foreign_container(**_bind("shared")))["foreign"]


@pytest.mark.parametrize("word", [None, "None"])
def test_it_holds_on_a_cluster_with(word: str | None) -> None:
    assert judged(B09, workload(**_pod(word))) == {}


@pytest.mark.parametrize("word", ["Bidirectional", "HostToContainer"])
def test_it_fails_on_a_cluster_with(word: str) -> None:
    assert f'propagation is "{word}"' in blamed(B09, workload(**_pod(word)))


def test_a_word_that_is_not_known_yet_is_no_violation() -> None:
    (notice,) = verdicts(B09, container(**_bind(UNKNOWN)))
    assert notice.kind is Kind.UNKNOWN
