"""Templates of a policy rule and its test."""

from __future__ import annotations

_RULE = '''\
"""{id}: say in one sentence what must hold."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.redaction import shown
from policy.core.rule import ContainerRule, Finding, Level, Settings, Severity
from policy.views.container import CLOUDRUN, DOCKER, KUBERNETES, ContainerView


def _check(container: ContainerView, settings: Settings) -> Iterator[Finding]:
    # Replace with your own check; policy/views/container.py lists the fields of a ContainerView.
    for name, value in container.env:
        if name in settings["names"] and value:
            problem = f"env {{name}} is {{shown(value)}}, which must not be set"
            yield Finding(container.subject, "env", problem)


RULE = ContainerRule(
    id="{id}",
    name="{name}",
    # An advisory violation is reported; a mandatory one fails the preview.
    level=Level.ADVISORY,
    severity=Severity.LOW,
    summary="Say in one sentence what must hold.",
    remedy="drop it from containers.<name>.env",
    elsewhere="drop the environment variable",
    defaults={{"names": ("{variable}",)}},
    targets=(DOCKER, KUBERNETES, CLOUDRUN),
    # Fields that _check reads; the rule is skipped while one is unknown.
    reads=("env",),
    check=_check,
)
'''
_TEST = '''\
"""{id} {name}."""

from __future__ import annotations

from policy.engine.catalogue import rule
from tests.policy.builders import container, judged, violation
from tests.policy.cloudrun_builders import blamed_on_run, run_container, run_service
from tests.policy.kubernetes_builders import blamed, workload

{id} = rule("{id}")
BAD = [{{"name": "{variable}", "value": "yes"}}]


def test_a_container_without_it_passes() -> None:
    assert judged({id}, container(), workload(), run_service()) == {{}}


def test_a_container_with_it_fails() -> None:
    assert 'env {variable} is "yes"' in violation({id}, container(envs=["{variable}=yes"]))


def test_it_fails_in_a_pod() -> None:
    assert 'env {variable} is "yes"' in blamed({id}, workload(env=BAD))


def test_it_fails_on_cloud_run() -> None:
    bad = run_service(inside={{"containers": [run_container(envs=BAD)]}})
    assert 'env {variable} is "yes"' in blamed_on_run({id}, bad)
'''


def policy_texts(rule_id: str, name: str) -> tuple[str, str]:
    """(rule, test), runnable as written."""
    words = {"id": rule_id, "name": name, "variable": f"{name.replace('-', '_').upper()}_EXAMPLE"}
    return _RULE.format(**words), _TEST.format(**words)
