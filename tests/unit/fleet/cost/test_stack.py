"""What home machines, clusters and model providers cost, held to figures worked out by hand."""

from __future__ import annotations

import pytest

from fleet.cost import Amounts, StackCost, shipped_prices
from fleet.cost.figures import MANAGEMENT, at_three, instances_for, price
from fleet.cost.prices import read_prices
from fleet.model import ExpectedLoad, Power
from fleet.source.faults import ConfigurationError
from tests.unit.builders import ROOT, shipped
from tests.unit.clusters import GROUPS
from tests.unit.fleet.costing import cloud, costs, group, home, reckoned
from tests.unit.fleet.models import make_machine, problem

EYES = "agents: {Eyes: {}}"
CARD = "{gpu0: {model: RTX 4090, memory: 24564MiB}}"


def _usd(cost: StackCost, name: str) -> Amounts:
    (found,) = [part for part in cost.parts if part.name == name]
    assert found.usd is not None
    return found.usd


def _three(amounts: Amounts) -> tuple[float, float, float]:
    return amounts.idle, amounts.expected, amounts.maximum


def test_a_4090_at_450_watts_costs_13_and_a_half_cents_an_hour() -> None:
    power = "{idle_watts: 0, load_watts: 450, tariff_usd_per_kwh: 0.30}"
    cost = costs("den", home("ears", power=power, gpus=CARD), ears=group("hours_per_day: 24"))
    assert cost.break_even is not None
    assert cost.break_even.home_usd == pytest.approx(0.135)
    assert _three(_usd(cost, "electricity")) == pytest.approx((0, 0.135 * 730, 0.135 * 730))


def test_a_home_machine_costs_its_electricity_and_its_wear() -> None:
    cost = costs("den", home("ears"), ears=group("hours_per_day: 12"))
    # 100 W x 730 h = 73 kWh = $21.90; 400 W more for 365 h = 146 kWh = $43.80, for 730 h $87.60; 2400 / 48 = $50.
    assert _three(_usd(cost, "electricity")) == pytest.approx((21.90, 65.70, 109.50))
    assert _three(_usd(cost, "wear")) == pytest.approx((50, 50, 50))
    assert _three(cost.usd) == pytest.approx((71.90, 115.70, 159.50))


def test_a_gpu_at_home_breaks_even_where_its_fixed_cost_is_what_the_cloud_would_have_taken() -> None:
    even = costs("den", home("ears", gpus=CARD), ears=group()).break_even
    assert even is not None
    # 71.90 / (1.0444 - 0.12) an hour.
    assert (even.fixed_usd, even.cloud_usd, even.home_usd) == pytest.approx((71.90, 1.0444, 0.12))
    assert even.hours == pytest.approx(71.90 / 0.9244)


@pytest.mark.parametrize(
    "power",
    [
        pytest.param("{idle_watts: 0, load_watts: 4000, tariff_usd_per_kwh: 0.30, price_usd: 1}", id="dear work"),
        pytest.param("{idle_watts: 9, load_watts: 9, tariff_usd_per_kwh: 0, price_usd: 99999}", id="dear machine"),
    ],
)
def test_there_is_no_break_even_where_the_month_has_too_few_hours_for_it(power: str) -> None:
    even = costs("den", home("ears", power=power, gpus=CARD), ears=group()).break_even
    assert even is not None
    assert even.hours is None


def test_a_machine_without_a_gpu_has_no_break_even() -> None:
    assert costs("den", home("ears"), ears=group()).break_even is None


def test_a_machine_whose_power_nobody_states_costs_an_unknown_amount() -> None:
    cost = costs("den", home("ears", power=""), ears=group())
    (unknown,) = cost.unknown
    assert "set machine.power" in unknown.how
    assert cost.usd == Amounts()


def test_a_machine_works_as_long_as_the_busiest_of_its_groups() -> None:
    cost = costs(
        "den", home("ears", "eyes"), ears=group("hours_per_day: 6"), eyes=group("hours_per_day: 12", main=EYES)
    )
    assert _usd(cost, "electricity").expected == pytest.approx(65.70)


def test_a_group_that_answers_now_and_then_keeps_its_machine_busy_for_that_long() -> None:
    cost = costs("den", home("ears"), ears=group("hours_per_day: 24, requests_per_second: 0.1, seconds_per_request: 5"))
    assert _usd(cost, "electricity").expected == pytest.approx(65.70)


def test_a_machines_cost_is_split_by_memory_reserved_and_nothing_is_lost() -> None:
    small, big = group(), group(main=EYES).replace("64MiB", "192MiB")
    cost = costs("den", home("ears", "eyes"), ears=small, eyes=big)
    assert [(found.name, found.share) for found in cost.groups] == [("ears", 0.25), ("eyes", 0.75)]
    split = sum((found.usd for found in cost.groups), Amounts())
    assert _three(split) == pytest.approx(_three(cost.usd))


@pytest.mark.parametrize("stack", ["mainpc", "pc2"])
def test_the_shipped_machines_groups_add_up_to_the_machine(stack: str) -> None:
    cost = reckoned(shipped(), stack)
    split = sum((found.usd for found in cost.groups), Amounts())
    assert _three(split) == pytest.approx(_three(cost.usd))
    assert cost.usd.idle <= cost.usd.expected <= cost.usd.maximum


@pytest.mark.parametrize(
    ("model", "thousand"),
    [("claude-3.5-sonnet", 80.0), ("llama-3.1-8b", 0.30), ("deepseek", 0.50), ("gemini-2.5-flash", 1.0),
     ("phi-4-onnx", 0.0)],
)  # fmt: skip
def test_tasks_cost_what_their_model_takes_for_a_thousand(model: str, thousand: float) -> None:
    cost = costs("den", home("ears"), ears=group(f"model: {model}, tasks_per_day: 240, hours_per_day: 12"))
    # 240 a day are 7300 a month; at the most they come around the clock: twice as many.
    assert _three(_usd(cost, f"model {model}")) == pytest.approx((0, 7.3 * thousand, 14.6 * thousand))


def test_a_model_without_a_price_is_said_to_be_unknown() -> None:
    cost = costs("den", home("ears"), ears=group("model: gpt-9"))
    (unknown,) = cost.unknown
    assert "no price of gpt-9 is known" in unknown.how
    assert cost.groups[0].unknown


def test_stand_ins_call_no_model() -> None:
    text = home("ears").replace("  fleet:groups", '  fleet:stand_ins: "true"\n  fleet:groups')
    assert costs("den", text, ears=group("model: deepseek")).groups[0].own == ()


def test_an_inference_costs_infrastructure_management_and_scaling_over_how_many_there_are() -> None:
    text = home("ears").replace("  fleet:groups", "  fleet:monthly_management_usd: 100\n  fleet:groups")
    cost = costs("den", text, ears=group("model: deepseek, tasks_per_day: 240, hours_per_day: 12"))
    # (71.90 + 100 + 43.80 + 7300 x 0.0005) / 7300
    assert cost.inferences == pytest.approx(7300)
    assert cost.management_usd == _usd(cost, MANAGEMENT).expected == 100
    assert cost.inference_usd == pytest.approx((71.90 + 100 + 43.80 + 3.65) / 7300)


def test_where_nothing_infers_no_inference_has_a_cost() -> None:
    assert costs("den", home("ears"), ears=group()).inference_usd is None


def test_nodes_cost_what_their_pool_states_whatever_runs_on_them() -> None:
    pools = (
        "{general: {nodes: 3, cpus: 8, memory: 30GiB, usd_per_hour: 0.5}, cards: {nodes: 2, cpus: 8, memory: 30GiB}}"
    )
    cost = costs(
        "sky",
        'config:\n  pulumi:disable-default-providers: ["*"]\n'
        "  fleet:machine:\n    name: sky\n    title: Sky\n    class: container-service\n"
        "    target: kubernetes\n"
        f"    connection: kubeconfig://sky\n    cluster: {{node_pools: {pools}}}\n"
        "  fleet:images: {registry: registry.example/agents}\n  fleet:groups: [hub]\n",
        hub=GROUPS["hub"],
    )
    assert _three(_usd(cost, "pool general")) == pytest.approx((1095, 1095, 1095))
    assert [part.name for part in cost.unknown] == ["pool cards"]
    assert "node_pools.cards.usd_per_hour" in cost.unknown[0].how


def test_what_is_not_stated_is_named_as_an_assumption() -> None:
    assumed = "\n".join(costs("den", home("ears"), ears=group("hours_per_day: 4")).assumptions)
    assert "1 request per second: load.requests_per_second is unset in all groups" in assumed
    assert "load.hours_per_day" not in assumed
    assert "tasks" not in assumed


def test_a_cost_carries_the_budget_of_its_stack() -> None:
    text = home("ears").replace("  fleet:groups", "  fleet:monthly_budget_usd: 80\n  fleet:groups")
    assert costs("den", text, ears=group()).budget_usd == 80


def test_two_budgets_of_one_stack_are_refused() -> None:
    text = cloud("ears", budget=", budget: {monthly_usd: 50}", top="  fleet:monthly_budget_usd: 60\n")
    with pytest.raises(ConfigurationError, match=r"both set; keep machine\.cloud\.budget"):
        costs("air", text, ears=group())


def test_a_machine_that_draws_less_at_work_is_refused() -> None:
    power = {"idle_watts": 90, "load_watts": 80, "tariff_usd_per_kwh": 0.3}
    assert "raise load_watts" in problem(make_machine, power=power)
    assert Power.model_validate({**power, "load_watts": 90}).load_watts == 90


@pytest.mark.parametrize("load", [{"hours_per_day": 25}, {"requests_per_second": -1}, {"tasks_per_day": float("inf")}])
def test_a_load_that_cannot_be_is_refused(load: dict[str, float]) -> None:
    assert problem(ExpectedLoad, **load)


def test_every_price_has_a_source_and_none_is_guessed() -> None:
    prices = shipped_prices()
    assert prices.cloud_run.gpu_hour["nvidia-rtx-pro-6000"].usd is None
    assert prices.as_of == "2026-11-21"
    assert read_prices(ROOT / "fleet/data/prices.yaml", "prices") == prices


@pytest.mark.parametrize(
    ("usd", "text"),
    [(0.0648, "$0.0648"), (80, "$80.00"), (0.000018, "$0.000018"), (1.0444, "$1.0444"), (0, "$0.00"), (0.3, "$0.30")],
)
def test_a_price_shows_as_many_decimals_as_it_needs(usd: float, text: str) -> None:
    assert price(usd) == text


def test_a_rounding_error_calls_for_no_further_instance() -> None:
    assert instances_for(0.1 * 3 * 10, 1, 9) == 3
    assert at_three(Amounts(0, 243.33333, 730), "h") == "0 | 243.3 | 730 h"
