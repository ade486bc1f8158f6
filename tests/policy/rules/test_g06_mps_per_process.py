"""G06 mps-per-process."""

from __future__ import annotations

import pytest

from fleet.labels import GPU_ENFORCEMENT, GPU_LIMIT_MIB, GPU_PROCESSES
from policy.engine.catalogue import rule
from policy.views.registered import Registered
from tests.policy.builders import MPS_LIMIT, container, gpu_container, judged, violation

G06 = rule("G06")


def _limited(value: str | None, processes: int = 2, limit: int = 6656, enforcement: str = "mps") -> Registered:
    tags = {GPU_PROCESSES: str(processes), GPU_LIMIT_MIB: str(limit), GPU_ENFORCEMENT: enforcement}
    return gpu_container(tags=tags, envs=[] if value is None else [f"{MPS_LIMIT}={value}"])


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("0=3328M", id="exactly the limit"),
        pytest.param("0=3328MB", id="the longer unit"),
        pytest.param("0=3G", id="gibibytes"),
        pytest.param("0=1G,1=2G", id="two devices"),
        pytest.param("0 = 3328m", id="spaces and a small letter"),
    ],
)
def test_it_holds_with(value: str) -> None:
    assert judged(G06, _limited(value)) == {}


@pytest.mark.parametrize(
    ("value", "says"),
    [
        pytest.param("0=3329M", "with 2 processes is 6 658 of 6 656 MiB", id="one MiB a process above"),
        pytest.param("0=4G", "with 2 processes is 8 192 of 6 656 MiB", id="gibibytes above"),
        pytest.param("0=2G,1=2G", "with 2 processes is 8 192", id="two devices above together"),
        pytest.param("3328M", "is not a limit that MPS accepts", id="no device"),
        pytest.param("0=3328", "is not a limit that MPS accepts", id="no unit"),
        pytest.param("", "is not a limit that MPS accepts", id="nothing"),
        pytest.param("0=3328M,", "is not a limit that MPS accepts", id="a comma too many"),
    ],
)
def test_it_fails_with(value: str, says: str) -> None:
    message = violation(G06, _limited(value))
    assert f'env {MPS_LIMIT} is "{value}"' in message
    assert says in message
    assert "containers.main.gpu.limit" in message


def test_it_fails_when_mps_is_to_enforce_and_nothing_is_set() -> None:
    assert f"env {MPS_LIMIT} is not set" in violation(G06, _limited(None))


def test_nothing_has_to_be_set_where_something_else_enforces() -> None:
    assert judged(G06, _limited(None, enforcement="framework")) == {}
    assert judged(G06, container()) == {}


def test_what_is_set_must_fit_whatever_enforces() -> None:
    assert "is 8 192" in violation(G06, _limited("0=4G", enforcement="framework"))
