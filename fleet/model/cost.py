"""What a month's cost depends on: the power a machine draws, and the load a group is expected to carry."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from fleet.model.base import Model

Watts = Annotated[float, Field(ge=0, le=100_000, allow_inf_nan=False)]
Usd = Annotated[float, Field(ge=0, allow_inf_nan=False)]
BudgetUsd = Annotated[float, Field(gt=0, allow_inf_nan=False)]
ModelName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9.-]*$", max_length=60)]


class Power(Model):
    """What a machine of one's own costs: electricity, and its price over the years it serves."""

    idle_watts: Watts
    """At the socket, while its groups wait."""
    load_watts: Watts
    """At the socket, while its groups work."""
    tariff_usd_per_kwh: Usd
    """US dollars a kWh."""
    price_usd: Usd = 0
    """What it cost; 0 for one that would stand there anyway."""
    years: float = Field(default=4, gt=0, le=50, allow_inf_nan=False)
    """How long it is to serve."""

    @model_validator(mode="after")
    def _load_is_above_idle(self) -> Power:
        if self.load_watts < self.idle_watts:
            msg = f"load_watts {self.load_watts:g} is below idle_watts {self.idle_watts:g}; raise load_watts"
            raise ValueError(msg)
        return self


class ExpectedLoad(Model):
    """What a group is expected to do. The defaults are assumptions, and `fleet cost` says where it makes them."""

    requests_per_second: float = Field(default=1, ge=0, le=1_000_000, allow_inf_nan=False)
    """In the hours it is used."""
    seconds_per_request: float = Field(default=1, gt=0, le=86_400, allow_inf_nan=False)
    """Of a Cloud Run job: seconds a run."""
    hours_per_day: float = Field(default=8, ge=0, le=24, allow_inf_nan=False)
    """Hours it is used."""
    tasks_per_day: float = Field(default=100, ge=0, le=1_000_000_000, allow_inf_nan=False)
    """Tasks that call a model provider; of a Cloud Run job: its runs."""
    model: ModelName | None = None
    """Model that its tasks call, by its name under `thousand_tasks` in fleet/data/prices.yaml."""

    @property
    def at_a_time(self) -> float:
        """Requests under way on average, in the hours it is used."""
        return self.requests_per_second * self.seconds_per_request

    @property
    def busy_hours_per_day(self) -> float:
        """Hours in which at least one request is under way, at the most."""
        return self.hours_per_day * min(1.0, self.at_a_time)
