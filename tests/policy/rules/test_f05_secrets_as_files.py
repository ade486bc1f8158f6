"""F05 secrets-as-files."""

from __future__ import annotations

import pytest

from fleet import labels
from policy.engine.catalogue import rule
from policy.views.registered import Registered
from tests.policy.builders import container, judged
from tests.policy.cloudrun_builders import blamed_on_run, run_service
from tests.policy.kubernetes_builders import blamed, workload

F05 = rule("F05")


@pytest.mark.parametrize(
    "good",
    [
        pytest.param(workload(), id="none"),
        pytest.param(
            workload(
                env=[{"name": "NODE", "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}}],
                envFrom=[{"configMapRef": {"name": "x"}}],
            ),
            id="variables from elsewhere",
        ),
    ],
)
def test_it_holds_with(good: Registered) -> None:
    assert judged(F05, good) == {}


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        pytest.param(
            workload(env=[{"name": "API_KEY", "valueFrom": {"secretKeyRef": {"name": "x", "key": "y"}}}]),
            'env_secrets holds "API_KEY"',
            id="one of a secret",
        ),
        pytest.param(
            workload(envFrom=[{"secretRef": {"name": "keys"}}]), 'env_secrets holds "keys.*"', id="all of a secret"
        ),
    ],
)
def test_it_fails_with(bad: Registered, says: str) -> None:
    assert says in blamed(F05, bad)


def test_on_cloud_run_it_holds_and_fails_alike() -> None:
    bad = run_service(
        "bad", main={"envs": [{"name": "KEY", "valueSource": {"secretKeyRef": {"secret": "a", "version": "3"}}}]}
    )
    assert judged(F05, run_service()) == {}
    assert 'env_secrets holds "KEY"' in blamed_on_run(F05, bad)


def test_on_docker_a_label_names_the_variables_and_their_values_are_no_finding_of_f04() -> None:
    # Unlike the state, the engine's analysis of a resource has the values.
    named = container(tags={labels.SECRET_ENV: "API_KEY"}, envs=["API_KEY=s3cr3t-of-the-config", "A=1"])
    (message,) = judged(F05, named).values()
    assert 'env_secrets holds "API_KEY"' in str(message)
    assert judged(rule("F04"), named) == {}
    plain = container(envs=["API_KEY=s3cr3t-of-the-config"])
    assert judged(F05, plain) == {}
    assert judged(rule("F04"), plain) != {}
