"""Templates of a policy rule and its test."""

from __future__ import annotations

_RULE = '''\
"""{id}: say in one sentence what must hold."""

from __future__ import annotations

from fleet.source.redaction import shown
from policy.core.checks import on_entries
from policy.core.rule import ContainerRule, Level, Settings, Severity


def _problem(variable: tuple[str, str], settings: Settings) -> str | None:
    # Replace this with your own: policy/views/container.py lists the fields, policy/core/checks.py the other checks.
    name, value = variable
    is_bad = name in settings["names"] and value
    return f"env {{name}} is {{shown(value)}}, which must not be set" if is_bad else None


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
    # The field that is judged; entries that are not known yet are reported, not judged.
    **on_entries("env", _problem),
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
