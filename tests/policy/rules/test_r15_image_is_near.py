"""R15 image-is-near."""

from __future__ import annotations

import pytest

from policy.engine.catalogue import rule
from policy.views.registered import Registered
from tests.policy.builders import judged
from tests.policy.cloudrun_builders import blamed_on_run, job, run_service

R15 = rule("R15")


@pytest.mark.parametrize(
    "good",
    [
        pytest.param(run_service(), id="its region"),
        pytest.param(
            run_service(main={"image": "europe-docker.pkg.dev/sky-project/fleet/portal:1.2"}), id="its continent"
        ),
        pytest.param(
            run_service(main={"image": "europe-west1-docker.pkg.dev/sky-project/fleet/portal:1.2"}),
            id="a region nearby",
        ),
        pytest.param(job(), id="a job"),
    ],
)
def test_it_holds_with(good: Registered) -> None:
    assert judged(R15, good) == {}


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        pytest.param(
            run_service("bad", main={"image": "us-central1-docker.pkg.dev/sky-project/fleet/portal:1.2"}),
            "whose image is pulled from us-central1 to europe-west4",
            id="another continent",
        ),
        pytest.param(
            run_service("bad", main={"image": "us-docker.pkg.dev/sky-project/fleet/portal:1.2"}),
            "is pulled from us to europe-west4",
            id="another continent's registry",
        ),
        pytest.param(
            run_service("bad", main={"image": "docker.io/library/redis:7.4"}),
            "is not from Artifact Registry",
            id="another registry",
        ),
    ],
)
def test_it_fails_with(bad: Registered, says: str) -> None:
    assert says in blamed_on_run(R15, bad)


def test_the_very_region_can_be_asked_for() -> None:
    near = run_service(main={"image": "europe-west1-docker.pkg.dev/sky-project/fleet/portal:1.2"})
    assert "is pulled from europe-west1 to europe-west4" in judged(R15, near, same_region=True)["portal"]
