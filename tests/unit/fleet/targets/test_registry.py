"""Each target answers for itself, and is loaded only once somebody asks for it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from fleet.model import Target
from fleet.targets.features import FIELDS, Feature
from fleet.targets.registry import profile
from tests.unit.builders import ROOT


@pytest.mark.parametrize("target", Target)
def test_every_target_answers_for_every_feature(target: Target) -> None:
    assert set(profile(target).capabilities) == set(Feature)


@pytest.mark.parametrize("target", Target)
def test_a_field_is_lacked_or_takes_effect_elsewhere_and_not_both(target: Target) -> None:
    assert not FIELDS.keys() & profile(target).unrendered.keys()


@pytest.mark.parametrize("target", Target)
def test_one_target_loads_no_other(target: Target) -> None:
    program = (
        "import sys\nfrom fleet.model import Target\nfrom fleet.targets.registry import profile\n"
        f"profile(Target({str(target)!r}))\n"
        "print(*sorted(n for n in sys.modules if n.startswith('fleet.targets.') and n.endswith('.target')))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == [f"fleet.targets.{target}.target"]
