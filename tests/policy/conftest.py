"""Fixtures of the policy level."""

from __future__ import annotations

import pytest
from pulumi_policy import Policy

from policy.engine import pack


@pytest.fixture
def policies() -> list[Policy]:
    """The pack's policies, as the SDK gets them."""
    return pack.policies()
