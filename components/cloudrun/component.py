"""Component resources of Cloud Run; `listing.py` says what each registers, and after what."""

from __future__ import annotations

from components.registering import Component, Registrar
from fleet.plan.deployment import Deployment


class CloudRun(Component):
    """A project and everything a deployment puts into it.

    It does not own the project, its network, the secrets' values, the images, or the name by which the world finds the
    front door. Its outputs are what stack policies judge by: project, regions, what a month may cost, the start order
    of the fleet.
    """


class CloudPlatform(Component):
    """What groups find when they start: APIs, accounts with their rights, repositories, secrets, buckets, databases.

    It does not own the secrets' values, nor what the APIs were used for before.
    """


class CloudRunGroup(Component):
    """A group's service, worker pool or job in every region, and who may call it.

    It does not own the group's account or its data: those outlive it.
    """


class GlobalFrontDoor(Component):
    """The global load balancer: address, certificate, routes and what it refuses.

    It does not own the DNS record that leads to its address.
    """


class Observability(Component):
    """Uptime checks, alerts, the count of errors and the dashboard.

    It does not own who is alerted: the notification channel is the platform's, and its budget alerts the same owner.
    """


def registrar(_: Deployment) -> Registrar:
    """What registers a project's components."""
    return Registrar(CloudRun, CloudPlatform, CloudRunGroup, GlobalFrontDoor, Observability)
