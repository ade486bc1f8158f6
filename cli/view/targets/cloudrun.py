"""What commands show of a Cloud Run project."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from cli.view.targets.base import TargetView
from fleet.model import Cloud, Machine
from fleet.model.cloud import Kind
from fleet.plan.deployment import Deployment, PlannedGroup

if TYPE_CHECKING:
    from rich.console import Console


class _CloudRun(TargetView):
    exports = ("knative",)

    def show(self, out: Console, deployment: Deployment) -> None:
        from cli.view.targets.cloudrun_text import show_cloud

        show_cloud(out, deployment, _cloud(deployment.machine))

    def capacity(self, machine: Machine) -> Iterator[str]:
        # Cloud Run has no fixed capacity.
        return iter(())

    def copies(self, group: PlannedGroup, machine: Machine) -> tuple[int, int]:
        service = _cloud(machine).service(group.name)
        if service.kind is Kind.SERVICE:
            return service.min_instances, service.instances_max(group.operation.scaling.max)
        always = max(1, service.min_instances) if service.kind is Kind.WORKER_POOL else 1
        return always, always

    def kind(self, group: PlannedGroup, machine: Machine) -> str:
        cloud = _cloud(machine)
        return f"{str(cloud.service(group.name).kind).replace('-', ' ')} in {', '.join(cloud.regions)}"

    def json(self, deployment: Deployment) -> Mapping[str, Any]:
        cloud = _cloud(deployment.machine)
        services = [_service(group, region, cloud) for group in deployment.groups for region in cloud.regions]
        return {"services": services, "secrets": {name: secret.version for name, secret in cloud.secrets.items()}}


def _service(group: PlannedGroup, region: str, cloud: Cloud) -> dict[str, Any]:
    service = cloud.service(group.name)
    return {
        "group": group.name,
        "region": region,
        "kind": service.kind,
        "url": cloud.url(group.name, region) if service.kind is Kind.SERVICE else None,
        "cpu": group.containers[0].cpu_cap_millicores,
        "memory_mib": group.containers[0].memory_cap_mib,
        "gpu": service.gpu or None,
        "billing": service.billing,
        "instances": {"least": service.min_instances, "most": service.instances_max(group.operation.scaling.max)},
        "ingress": service.ingress,
        "invokers": service.invokers,
    }


def _cloud(machine: Machine) -> Cloud:
    if machine.cloud is None:
        msg = f"{machine.name} is not a Cloud Run project"
        raise TypeError(msg)
    return machine.cloud


VIEW = _CloudRun()
