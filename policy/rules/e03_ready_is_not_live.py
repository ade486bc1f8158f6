"""E03: liveness fails later than readiness.

Identical probes restart all pods at once when a shared dependency is slow.
"""

from __future__ import annotations

from policy.core.checks import on_field
from policy.core.rule import ContainerRule, Level, Settings, Severity
from policy.views.container import KUBERNETES, ContainerView


def _problem(container: ContainerView, settings: Settings) -> str | None:
    by_kind = {probe.kind: probe for probe in container.probes}
    live, ready = by_kind.get("liveness"), by_kind.get("readiness")
    if not (live and ready and live.handler == ready.handler and live.patience_s <= ready.patience_s):
        return None
    same = f"probes are the same for liveness ({live.patience_s} s) and readiness ({ready.patience_s} s)"
    return f"{same}, so it is restarted as soon as it is busy"


RULE = ContainerRule(
    id="E03",
    name="ready-is-not-live",
    level=Level.ADVISORY,
    severity=Severity.LOW,
    summary="The liveness probe differs from the readiness probe, or tolerates failure for longer.",
    remedy="raise containers.<name>.health.retries or interval",
    elsewhere="raise failureThreshold or periodSeconds of livenessProbe, or probe something without dependencies",
    sources=("kube-score pod-probes-identical", "Kyverno ensure-probes-different"),
    targets=(KUBERNETES,),
    **on_field("probes", _problem),
)
