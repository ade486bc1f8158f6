"""Asserts in helper modules explain themselves like those in tests."""

from __future__ import annotations

import pytest

pytest.register_assert_rewrite("tests.unit.builders", "tests.unit.fleet.models")
