"""C12 bounded-logs."""

from __future__ import annotations

import pytest

from policy.engine.catalogue import rule
from tests.policy.builders import container, judged, violation

C12 = rule("C12")


@pytest.mark.parametrize(
    ("driver", "options"),
    [
        pytest.param("json-file", {"max-size": "10m"}, id="json-file with a size"),
        pytest.param("local", {"max-size": "10m"}, id="local with a size"),
        pytest.param("local", None, id="local, which is bounded by itself"),
        pytest.param("journald", None, id="the journal"),
        pytest.param("syslog", None, id="syslog"),
        pytest.param("none", None, id="no log at all"),
    ],
)
def test_it_holds_with(driver: str, options: dict[str, str] | None) -> None:
    assert judged(C12, container(logDriver=driver, logOpts=options)) == {}


@pytest.mark.parametrize(
    ("driver", "options", "says"),
    [
        pytest.param(None, None, "log_driver is not set", id="the daemon's default"),
        pytest.param(None, {"max-size": "10m"}, "log_driver is not set", id="a size for an unknown driver"),
        pytest.param("json-file", None, 'log_driver is "json-file" without max-size', id="json-file alone"),
        pytest.param("json-file", {"max-file": "3"}, "without max-size", id="a number of files only"),
        pytest.param("json-file", {"max-size": "-1"}, "without max-size", id="a size without end"),
    ],
)
def test_it_fails_with(driver: str | None, options: dict[str, str] | None, says: str) -> None:
    message = violation(C12, container(logDriver=driver, logOpts=options))
    assert says in message
    assert "use log driver json-file with max-size" in message
