"""Component resources of Cloud Run; `listing.py` defines their children and dependencies."""

from __future__ import annotations

from components.cloudrun.health import CloudRunRegistrar
from components.ending import Ending
from components.registering import Component, Registrar
from fleet.plan.deployment import Deployment


class CloudRun(Component):
    """A project and everything a deployment creates in it.

    Not included: the project, its network, secret values, images, and the front door's DNS record.
    """


class CloudPlatform(Component):
    """What groups need before they start: APIs, service accounts, repositories, secrets, buckets and databases."""


class CloudRunGroup(Component):
    """A group's service, worker pool or job in every region, with its invokers; its account and data outlive it."""


class GlobalFrontDoor(Component):
    """The global load balancer: address, certificate, routes and security policy."""


class Observability(Component):
    """Uptime checks, alerts, the error metric and the dashboard. The notification channel belongs to the platform."""


def registrar(_: Deployment, __: Ending) -> Registrar:
    """The registrar of a project's components."""
    return CloudRunRegistrar(CloudRun, CloudPlatform, CloudRunGroup, GlobalFrontDoor, Observability)
