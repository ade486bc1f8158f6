"""Cloud Run's cost, held to figures worked out by hand at the prices of fleet/data/prices.yaml."""

from __future__ import annotations

import pytest

from fleet.cost import Part, StackCost
from tests.unit.fleet.costing import cloud, costs, group

SMALL = "cpu: 1, memory: 1GiB"
L4 = (
    "ears: {cpu: 4, memory: 16GiB, gpu: nvidia-l4, billing: instance, min_instances: %d, max_instances: 3, "
    "idle_gpu_accepted: answers within a second}"
)
CUDA = {
    "image": "build: {variant: cuda}",
    "main": "agents: {Worker: {}}\ngpu: {request: 4GiB, limit: 8GiB, enforcement: exclusive}",
}


def _part(cost: StackCost, name: str) -> Part:
    (found,) = [part for part in cost.parts if part.name == name]
    return found


def _three(cost: StackCost, name: str) -> tuple[float, float, float]:
    usd = _part(cost, name).usd
    assert usd is not None
    return usd.idle, usd.expected, usd.maximum


def _ears(services: str, load: str, **more: str) -> StackCost:
    return costs("air", cloud("ears", services=services, **more), ears=group(load))


def _seeing(services: str, load: str) -> StackCost:
    return costs("air", cloud("ears", services=services, regions="europe-west4"), ears=group(load, **CUDA))


def test_the_smallest_instance_with_an_l4_costs_about_760_dollars_a_month_when_it_is_kept_warm() -> None:
    cost = _seeing(L4 % 1, "requests_per_second: 0")
    # 4 x 0.000018 x 3600 = 0.2592, 16 x 0.000002 x 3600 = 0.1152, 0.67: 1.0444 an hour, 762.41 in 730 of them.
    assert _three(cost, "vCPU")[0] == pytest.approx(0.2592 * 730)
    assert _three(cost, "memory")[0] == pytest.approx(0.1152 * 730)
    assert _three(cost, "nvidia-l4")[0] == pytest.approx(0.67 * 730)
    assert sum(_three(cost, name)[0] for name in ("vCPU", "memory", "nvidia-l4")) == pytest.approx(762.412)
    assert cost.usd.idle == pytest.approx(762.412 - 4.32 - 0.90)


def test_an_l4_that_is_not_kept_warm_costs_nothing_until_it_is_used() -> None:
    cost = _seeing(L4 % 0, "hours_per_day: 8")
    assert _three(cost, "nvidia-l4") == pytest.approx((0, 8 * 730 / 24 * 0.67, 3 * 730 * 0.67))
    assert cost.usd.idle == 0


def test_a_card_without_a_price_is_said_to_be_unknown_and_what_is_known_is_still_counted() -> None:
    services = "ears: {cpu: 20, memory: 80GiB, gpu: nvidia-rtx-pro-6000, billing: instance, max_instances: 1}"
    cost = _seeing(services, "requests_per_second: 1")
    (unknown,) = cost.unknown
    assert (unknown.name, unknown.usd) == ("nvidia-rtx-pro-6000", None)
    assert "no price is known" in unknown.how
    assert _three(cost, "vCPU")[2] == pytest.approx(20 * 0.0648 * 730)


def test_an_instance_billed_by_request_is_paid_for_while_it_answers() -> None:
    # 0.5 requests under way on average: half of 10 hours a day, 30.41667 days.
    cost = _ears(
        f"ears: {{{SMALL}, max_instances: 2}}", "requests_per_second: 1, seconds_per_request: 0.5, hours_per_day: 10"
    )
    hours = 10 * 730 / 24 / 2
    assert _three(cost, "vCPU") == pytest.approx((0, hours * 0.0864, 2 * 730 * 0.0864))
    assert _three(cost, "memory") == pytest.approx((0, hours * 0.009, 2 * 730 * 0.009))
    # 3600 requests an hour; at the most 2 instances x 80 at a time / 0.5 s.
    assert _three(cost, "requests") == pytest.approx((0, 1.095 * 0.40, 320 * 2.628 * 0.40))


def test_what_a_month_uses_of_the_free_allowance_is_taken_off_and_no_more() -> None:
    cost = _ears(
        f"ears: {{{SMALL}, max_instances: 2}}", "requests_per_second: 1, seconds_per_request: 0.1, hours_per_day: 2"
    )
    # 0.1 x 2 h x 30.41667 = 6.08333 h: $0.5256 of vCPU, $0.05475 of memory and $0.0876 of requests, all of it free.
    assert _three(cost, "vCPU")[1] == pytest.approx(6.083333 * 0.0864)
    assert cost.usd.expected == pytest.approx(0)
    assert _three(cost, "free allowance")[2] == pytest.approx(-(4.32 + 0.90 + 0.80))


@pytest.mark.parametrize(
    ("requests", "instances"), [(0, 0), (79, 1), (80, 1), (80.1, 2), (160, 2), (241, 3), (100_000, 3)]
)
def test_as_many_instances_run_as_the_load_needs_and_never_more_than_the_most(requests: float, instances: int) -> None:
    cost = _ears(f"ears: {{{SMALL}, max_instances: 3, billing: instance}}", f"requests_per_second: {requests}")
    assert _three(cost, "vCPU")[1] == pytest.approx(instances * 8 * 730 / 24 * 0.0648)


def test_a_warm_instance_billed_by_request_costs_less_while_it_waits() -> None:
    cost = _ears(f"ears: {{{SMALL}, min_instances: 1, max_instances: 1}}", "requests_per_second: 2, hours_per_day: 12")
    assert _three(cost, "warm vCPU") == pytest.approx((730 * 0.009, 365 * 0.009, 0))
    assert _three(cost, "vCPU") == pytest.approx((0, 365 * 0.0864, 730 * 0.0864))
    assert _part(cost, "warm vCPU").unverified


def test_each_region_keeps_its_own_instances_warm_and_takes_its_part_of_the_load() -> None:
    services = f"ears: {{{SMALL}, min_instances: 1, max_instances: 2, billing: instance}}"
    cost = _ears(services, "requests_per_second: 320, hours_per_day: 24", regions="us-central1, europe-west1")
    assert _three(cost, "vCPU") == pytest.approx((2 * 730 * 0.0648, 4 * 730 * 0.0648, 4 * 730 * 0.0648))


def test_a_worker_pool_runs_all_the_time_and_takes_no_requests() -> None:
    cost = _ears(f"ears: {{{SMALL}, kind: worker-pool, min_instances: 2, max_instances: 2}}", "")
    assert _three(cost, "vCPU") == pytest.approx([2 * 730 * 0.0648] * 3)
    assert "requests" not in [part.name for part in cost.parts]


def test_a_job_is_paid_for_by_its_runs() -> None:
    cost = _ears(f"ears: {{{SMALL}, kind: job, max_instances: 1}}", "tasks_per_day: 24, seconds_per_request: 600")
    # 24 runs of 10 minutes: 4 hours a day.
    assert _three(cost, "vCPU")[1] == pytest.approx(4 * 730 / 24 * 0.0648)
    assert cost.usd.idle == 0


def test_every_container_of_an_instance_is_paid_for() -> None:
    sidecar = "  helper:\n    build: {}\n    agents: {Helper: {}}\n    memory: {request: 1GiB}\n    cpu: {limit: 1}\n"
    text = group("hours_per_day: 24")
    cost = costs(
        "air", cloud("ears", services=f"ears: {{{SMALL}, max_instances: 1, billing: instance}}"), ears=text + sidecar
    )
    assert _three(cost, "vCPU")[1] == pytest.approx(2 * 730 * 0.0648)
    assert _three(cost, "memory")[1] == pytest.approx(2 * 730 * 0.0072)


def test_figures_made_with_unverified_prices_are_marked() -> None:
    cost = _ears(f"ears: {{{SMALL}, max_instances: 1}}", "requests_per_second: 1")
    assert not cost.unverified
    assert _part(_seeing(L4 % 0, ""), "nvidia-l4").unverified


def test_a_clouds_budget_is_its_stacks() -> None:
    cost = _ears(f"ears: {{{SMALL}}}", "", budget=", budget: {monthly_usd: 50}")
    assert cost.budget_usd == 50
