"""Inputs of the monthly cost: a machine's power and price, and a group's expected load."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field, StringConstraints

from fleet.model.base import Breach, Form, Model, Number, rule

USD_MAX = 1_000_000_000
"""A billion dollars: more than any machine, month or kWh costs."""

Watts = Annotated[Number, Field(ge=0, le=100_000)]
Usd = Annotated[Number, Field(ge=0, le=USD_MAX)]
BudgetUsd = Annotated[Number, Field(gt=0, le=USD_MAX)]
ModelName = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z0-9][a-z0-9.-]*$", max_length=60),
    Form("use a name from fleet/data/prices.yaml, in lower case"),
]


class Power(Model):
    """Cost of an own machine: electricity, and its price over its service life."""

    idle_watts: Watts
    """Power at the socket while its groups are idle."""
    load_watts: Watts
    """Power at the socket under load."""
    tariff_usd_per_kwh: Usd
    """US dollars per kWh."""
    price_usd: Usd = 0
    """Purchase price; 0 for a machine that exists anyway."""
    years: Number = Field(default=4, gt=0, le=50)
    """Service life."""

    @rule
    def _load_is_above_idle(self) -> Iterator[Breach]:
        if self.load_watts < self.idle_watts:
            text = f"{self.load_watts:g} is below idle_watts {self.idle_watts:g}; raise load_watts"
            yield ("load_watts",), text


class ExpectedLoad(Model):
    """Expected load of a group. The defaults are assumptions, which `fleet cost` reports."""

    requests_per_second: Number = Field(default=1, ge=0, le=1_000_000)
    """Request rate in the hours of use."""
    seconds_per_request: Number = Field(default=1, gt=0, le=86_400)
    """Duration of a request; of a run, for a Cloud Run job."""
    hours_per_day: Number = Field(default=8, ge=0, le=24)
    """Hours of use."""
    tasks_per_day: Number = Field(default=100, ge=0, le=1_000_000_000)
    """Tasks that call a model provider; runs, for a Cloud Run job."""
    model: ModelName | None = None
    """Model that the tasks call: a name under `thousand_tasks` in fleet/data/prices.yaml."""

    @property
    def at_a_time(self) -> float:
        """Mean concurrent requests in the hours of use."""
        return self.requests_per_second * self.seconds_per_request

    @property
    def busy_hours_per_day(self) -> float:
        """Upper bound of the hours with at least one request."""
        return self.hours_per_day * min(1.0, self.at_a_time)
