"""R03: a service accepts internal or load balancer traffic only, unless it gives a reason."""

from __future__ import annotations

from fleet.labels import EXPOSED
from fleet.source.redaction import shown
from policy.core.checks import on_field
from policy.core.rule import Level, ResourceCheck, ResourceRule, Settings, Severity
from policy.views.cloudrun import SERVICE, RunView

_CLOSED = ("INGRESS_TRAFFIC_INTERNAL_ONLY", "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER", "INGRESS_TRAFFIC_NONE")


def _problem(run: RunView, settings: Settings) -> str | None:
    if run.kind != SERVICE or run.ingress in _CLOSED or run.says(EXPOSED):
        return None
    return f"ingress is {shown(run.ingress)}, so it is reachable from the internet, bypassing any load balancer"


RULE = ResourceRule(
    id="R03",
    name="ingress-closed",
    level=Level.MANDATORY,
    severity=Severity.HIGH,
    summary="A service accepts internal or load balancer traffic only, unless it gives a reason.",
    remedy="set ingress of its group to internal or load-balancer, or give the reason in exposed",
    elsewhere=f"set its ingress to internal or load balancer, or give the reason in annotation {EXPOSED}",
    sources=("Cloud Foundation Fabric ingress",),
    resources=(ResourceCheck(of="runs", **on_field("ingress", _problem, "annotations", "annotations_inside")),),
)
