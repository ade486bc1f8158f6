"""Capabilities are those of Linux."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from fleet.model import Hardening
from fleet.model.linux_capabilities import CAPABILITIES
from tests.unit.fleet.models import problem

HEADER = Path("/usr/include/linux/capability.h")


def test_a_capability_that_no_kernel_has_is_refused_with_the_nearest() -> None:
    for name in (
        "CAP_FOO",
        "CAP_",
        "NET_ADMIN",
        "cap_net_admin",
        "CAP_NET_ADMIN\n",
        "",
        "CAP_NET-RAW",
    ):
        assert "is not a capability of Linux; " in problem(Hardening.model_validate, obj={"capabilities": [name]}), name
    for name in ("ALL", "CAP_ALL"):
        assert "would add back every capability; name each one" in problem(
            Hardening.model_validate, obj={"capabilities": [name]}
        ), name
    assert "did you mean CAP_NET_RAW?" in problem(Hardening.model_validate, obj={"capabilities": ["CAP_NET_RAV"]})


def test_a_capability_is_given_once() -> None:
    twice = {"capabilities": ["CAP_KILL", "CAP_KILL"]}
    assert problem(Hardening.model_validate, obj=twice) == "Value error, 1: lists CAP_KILL twice; keep one"


@pytest.mark.skipif(not HEADER.is_file(), reason="no headers of Linux")
def test_the_list_has_every_capability_of_the_kernels_headers() -> None:
    assert set(re.findall(r"#define (CAP_[A-Z_]+)\s+\d+\s", HEADER.read_text(encoding="utf-8"))) <= set(CAPABILITIES)
