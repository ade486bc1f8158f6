"""R13 attested-and-encrypted."""

from __future__ import annotations

import pytest

from policy.engine.catalogue import rule
from policy.views.registered import Registered
from tests.policy.builders import judged
from tests.policy.cloudrun_builders import blamed_on_run, job, run_service

R13 = rule("R13")


@pytest.mark.parametrize(
    "good",
    [
        pytest.param(run_service(), id="nothing asked"),
        pytest.param(run_service(binaryAuthorization={"useDefault": True}), id="more than is asked"),
    ],
)
def test_it_holds_with(good: Registered) -> None:
    assert judged(R13, good) == {}


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        pytest.param(
            run_service("bad", binaryAuthorization={"useDefault": True, "breakglassJustification": "in a hurry"}),
            "breaks_glass is true",
            id="broken glass",
        ),
    ],
)
def test_it_fails_with(bad: Registered, says: str) -> None:
    assert says in blamed_on_run(R13, bad)


ATTESTED = {"useDefault": True}


def test_what_is_asked_is_a_setting() -> None:
    assert "attested is false" in judged(R13, run_service(), attested_images=True)["portal"]
    assert "encryption_key is not set" in judged(R13, job(), own_key=True)["portal"]
    assert judged(R13, run_service(binaryAuthorization=ATTESTED), attested_images=True) == {}
    assert judged(R13, run_service(inside={"encryptionKey": "projects/p/keys/k"}), own_key=True) == {}
