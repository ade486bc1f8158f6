"""The price file: dated figures with their sources."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pydantic import Field

from fleet.load.validate import validate
from fleet.model.base import FrozenMap, Model
from fleet.model.cost import ModelName, Usd
from fleet.source.document import read_document
from fleet.source.faults import ConfigurationError

PRICES = "fleet/data/prices.yaml"
"""Its path in messages."""

_FILE = Path(__file__).parents[1] / "data" / "prices.yaml"


class _Sourced(Model):
    source: str = Field(min_length=3)
    verified: bool
    """Whether it was read on the vendor's own page."""


class Price(_Sourced):
    """A price in US dollars; None if unknown."""

    usd: Usd | None


class KnownPrice(_Sourced):
    """A price that every estimate needs."""

    usd: Usd


class Allowance(_Sourced):
    """An amount that is free each month."""

    amount: float = Field(ge=0)


class CloudRunPrices(Model):
    """Google Cloud Run, tier 1 regions."""

    request_vcpu_second: KnownPrice
    request_gib_second: KnownPrice
    warm_vcpu_second: KnownPrice
    """Of an idle instance kept warm, with request-based billing."""
    warm_gib_second: KnownPrice
    million_requests: KnownPrice
    instance_vcpu_second: KnownPrice
    instance_gib_second: KnownPrice
    free_vcpu_seconds: Allowance
    free_gib_seconds: Allowance
    free_requests: Allowance
    gpu_hour: FrozenMap[str, Price]
    """Card, by its name in Cloud Run -> price per hour."""


class Prices(Model):
    """All prices that a stack's file does not state."""

    as_of: str = Field(pattern=r"^\d{4}-\d{2}-\d{2}$")
    currency: str = Field(pattern="^USD$")
    cloud_run: CloudRunPrices
    thousand_tasks: FrozenMap[ModelName, Price]
    """Model -> price of a thousand tasks."""


def read_prices(file: Path, source: str) -> Prices:
    """Reads a price file. Raises ConfigurationError with its faults."""
    document, faults = read_document(file, source)
    if document.value is not None:
        prices, more = validate(Prices, document.value, document)
        faults = [*faults, *more]
        if prices is not None and not faults:
            return prices
    raise ConfigurationError(faults)


@cache
def shipped_prices() -> Prices:
    """The project's price file."""
    return read_prices(_FILE, PRICES)
