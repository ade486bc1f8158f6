"""A project's services are ready, by what the provider last read of them, or the update fails."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pulumi
import pytest

from components.cloudrun import component
from components.cloudrun.health import CloudRunRegistrar
from components.ending import Ending
from components.registering import Registrar
from tests.trial_cloud import FULL, trial
from tests.unit.components.registering import register

REVISIONS = "projects/p/locations/l/services/front/revisions"


def condition(state: str, reason: str = "", message: str = "") -> SimpleNamespace:
    return SimpleNamespace(state=state, reason=reason, message=message)


class Known:
    """An output whose value is known."""

    def __init__(self, value: Any) -> None:
        self._value = value

    async def future(self) -> Any:
        return self._value


def problem(*conditions: SimpleNamespace, ready: str | None = "front-2", created: str = "front-2") -> list[str]:
    made = SimpleNamespace(
        terminal_conditions=Known(list(conditions) or None),
        latest_ready_revision=Known(ready and f"{REVISIONS}/{ready}"),
        latest_created_revision=Known(f"{REVISIONS}/{created}"),
    )
    registrar = CloudRunRegistrar()
    registrar._revisioned["trial-front"] = made  # type: ignore[assignment]
    return asyncio.run(registrar.problems())


def test_what_is_not_ready_is_reported_with_what_reads_it_again() -> None:
    succeeded, again = condition("CONDITION_SUCCEEDED"), "; `pulumi up --refresh` reads its state again"
    assert problem(succeeded) == []
    assert problem() == []
    failed = condition("CONDITION_FAILED", "HEALTH_CHECK_CONTAINER_ERROR", "no port")
    assert problem(failed) == [
        f"trial-front: is not ready (CONDITION_FAILED, HEALTH_CHECK_CONTAINER_ERROR, no port){again}"
    ]
    assert problem(condition("CONDITION_RECONCILING")) == [f"trial-front: is not ready (CONDITION_RECONCILING){again}"]
    for ready, serving in (("front-1", "front-1"), (None, "none")):
        assert problem(succeeded, ready=ready) == [
            f"trial-front: the latest revision (front-2) is not ready, and {serving} serves{again}"
        ], ready


def test_every_service_and_pool_of_a_stack_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Registrar] = []

    def registrar(deployment: Any, ending: Ending) -> Registrar:
        made.append(original(deployment, ending))
        return made[0]

    original = component.registrar
    monkeypatch.setattr(component, "registrar", registrar)
    found = register(trial(cloud=FULL), preview=False)
    expected = {seen.name for kind in ("Service", "WorkerPool") for seen in found.of(kind) if "cloudrunv2" in seen.type}
    assert expected
    assert isinstance(made[0], CloudRunRegistrar)
    assert set(made[0]._revisioned) == expected
    assert all(isinstance(one, pulumi.CustomResource) for one in made[0]._revisioned.values())
