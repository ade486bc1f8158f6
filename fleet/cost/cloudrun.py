"""Cost of a group's instances and requests on Cloud Run, in all regions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fleet.cloudrun_limits import card_named
from fleet.cost.figures import DAYS_PER_MONTH, HOURS_PER_MONTH, Amounts, Part, at_three, instances_for, price
from fleet.cost.prices import PRICES, CloudRunPrices, KnownPrice, Price, Prices
from fleet.cost.target import OwnCosts, TargetCosts
from fleet.model import Cloud, CloudService, ContainerGroup, Stack
from fleet.model.cloud import Billing, CloudGpu, Kind
from fleet.plan.deployment import Deployment, PlannedGroup

_PER_HOUR = 3600


class _CloudRun(TargetCosts):
    assumption = "tier 1 regions; network traffic, storage, load balancer and logs are not included"

    def own(self, stack: Stack, groups: Sequence[ContainerGroup], deployment: Deployment, prices: Prices) -> OwnCosts:
        cloud, run = stack.machine.cloud, prices.cloud_run
        if cloud is None or not groups:
            return OwnCosts()
        uses = {
            planned.name: cloud_use(cloud, group, planned, run, gpu=stack.gives_gpus)
            for group, planned in zip(groups, deployment.groups, strict=True)
        }
        parts = {name: use.parts for name, use in uses.items()}
        return OwnCosts(parts, (free_allowance(list(uses.values()), run),))


COSTS = _CloudRun()


@dataclass(frozen=True, slots=True)
class CloudUse:
    """A group's costs; a free allowance is deducted from `cpu`, `memory` and `requests`."""

    parts: tuple[Part, ...]
    cpu: Amounts
    memory: Amounts
    requests: Amounts


@dataclass(frozen=True, slots=True)
class _Hours:
    """Monthly active and idle warm instance hours in all regions, and millions of requests."""

    active: Amounts
    warm: Amounts
    millions: Amounts


def cloud_use(
    cloud: Cloud, group: ContainerGroup, planned: PlannedGroup, prices: CloudRunPrices, *, gpu: bool
) -> CloudUse:
    """Cost of a group's service, worker pool or job; gpu: whether its stack gives GPUs."""
    service = cloud.service(group.name)
    card = service.gpu if gpu else None
    by_instance = card is not None or service.billing is Billing.INSTANCE or service.kind is not Kind.SERVICE
    hours = _hours(cloud, service, group, by_instance=by_instance)
    vcpus = sum(c.cpu_cap_millicores for c in planned.containers) / 1000
    gib = sum(c.memory_cap_mib for c in planned.containers) / 1024
    cpu_price = prices.instance_vcpu_second if by_instance else prices.request_vcpu_second
    memory_price = prices.instance_gib_second if by_instance else prices.request_gib_second
    cpu = _metered("vCPU", vcpus, "vCPU", cpu_price, hours.active)
    memory = _metered("memory", gib, "GiB", memory_price, hours.active)
    parts = [cpu, memory]
    if hours.warm != Amounts():
        parts.append(_metered("warm vCPU", vcpus, "vCPU", prices.warm_vcpu_second, hours.warm))
        parts.append(_metered("warm memory", gib, "GiB", prices.warm_gib_second, hours.warm))
    if card is not None:
        parts.append(_card(str(card), prices.gpu_hour.get(str(card)), hours.active))
    requests = _requests(prices.million_requests, hours.millions)
    if not by_instance:
        parts.append(requests)
    return CloudUse(tuple(parts), _usd(cpu), _usd(memory), Amounts() if by_instance else _usd(requests))


def free_allowance(uses: list[CloudUse], prices: CloudRunPrices) -> Part:
    """The monthly free tier of a billing account, as a discount at request-based prices."""
    cpu = prices.free_vcpu_seconds.amount * prices.request_vcpu_second.usd
    memory = prices.free_gib_seconds.amount * prices.request_gib_second.usd
    requests = prices.free_requests.amount * prices.million_requests.usd / 1e6
    spared = (
        sum((use.cpu for use in uses), Amounts()).at_most(cpu)
        + sum((use.memory for use in uses), Amounts()).at_most(memory)
        + sum((use.requests for use in uses), Amounts()).at_most(requests)
    )
    limits = f"vCPU {price(cpu)}, memory {price(memory)}, requests {price(requests)}"
    return Part("free allowance", spared * -1, f"up to {limits} a month, once per billing account")


def smallest_gpu_hour(prices: CloudRunPrices) -> tuple[float, bool] | None:
    """(US dollars an hour, whether verified) of the smallest instance with an L4; None if a price is missing."""
    card, least = prices.gpu_hour.get(str(CloudGpu.L4)), card_named(str(CloudGpu.L4))
    if card is None or card.usd is None or least is None:
        return None
    vcpu, gib = prices.instance_vcpu_second, prices.instance_gib_second
    usd = (least.cpu_min / 1000 * vcpu.usd + least.memory_min / 1024 * gib.usd) * _PER_HOUR + card.usd
    return usd, card.verified and vcpu.verified and gib.verified


def _hours(cloud: Cloud, service: CloudService, group: ContainerGroup, *, by_instance: bool) -> _Hours:
    regions, load = len(cloud.regions), group.load
    most = max(service.instances_max(group.scaling.max), service.min_instances)
    at_most = regions * most * HOURS_PER_MONTH
    if service.kind is Kind.JOB:
        runs = load.tasks_per_day * DAYS_PER_MONTH * load.seconds_per_request / _PER_HOUR
        # Back-to-back runs.
        return _Hours(Amounts(0, runs, max(runs, regions * HOURS_PER_MONTH)), Amounts(), Amounts())
    if service.kind is Kind.WORKER_POOL:
        always = regions * max(service.min_instances, 1) * HOURS_PER_MONTH
        return _Hours(Amounts.constant(always), Amounts(), Amounts())
    at_a_time = load.at_a_time / regions
    needed = instances_for(at_a_time, service.concurrency, most)
    used = load.hours_per_day * DAYS_PER_MONTH
    kept = service.min_instances
    if by_instance:
        expected = regions * (kept * HOURS_PER_MONTH + max(0, needed - kept) * used)
        return _Hours(Amounts(regions * kept * HOURS_PER_MONTH, expected, at_most), Amounts(), Amounts())
    # A single instance is billed only while it serves requests; several are busy all the time.
    working = min(1.0, at_a_time) if needed == 1 else 1.0
    active = regions * needed * working * used
    warm = regions * (kept * HOURS_PER_MONTH - min(needed, kept) * working * used)
    highest = regions * most * service.concurrency / load.seconds_per_request
    answered = min(load.requests_per_second, highest)
    return _Hours(
        Amounts(0, active, at_most),
        Amounts(regions * kept * HOURS_PER_MONTH, warm, 0),
        Amounts(0, answered * used * _PER_HOUR / 1e6, highest * HOURS_PER_MONTH * _PER_HOUR / 1e6),
    )


def _metered(name: str, amount: float, unit: str, second: KnownPrice, hours: Amounts) -> Part:
    rate = second.usd * _PER_HOUR
    how = f"{amount:g} {unit} x {price(rate)} per hour x {at_three(hours, 'h')}"
    return Part(name, hours * (amount * rate), how, not second.verified)


def _card(card: str, hour: Price | None, hours: Amounts) -> Part:
    if hour is None or hour.usd is None:
        return Part(card, None, f"no price is known for {at_three(hours, 'h')}; add it to {PRICES}")
    return Part(card, hours * hour.usd, f"{price(hour.usd)} per hour x {at_three(hours, 'h')}", not hour.verified)


def _requests(million: KnownPrice, millions: Amounts) -> Part:
    how = f"{at_three(millions, 'million')} x {price(million.usd)}"
    return Part("requests", millions * million.usd, how, not million.verified)


def _usd(part: Part) -> Amounts:
    return part.usd or Amounts()
