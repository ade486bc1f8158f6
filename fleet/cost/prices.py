"""The price file: dated figures, each with its source."""

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
"""Where people find it."""

_FILE = Path(__file__).parents[1] / "data" / "prices.yaml"


class Price(Model):
    """A figure in US dollars, and who says so."""

    usd: Usd | None
    """None where nobody was found to say."""
    source: str = Field(min_length=3)
    verified: bool
    """Whether it was read on its vendor's own page."""


class KnownPrice(Model):
    """A price that a reckoning cannot do without."""

    usd: Usd
    source: str = Field(min_length=3)
    verified: bool


class Allowance(Model):
    """How much of something is free each month."""

    amount: float = Field(ge=0)
    source: str = Field(min_length=3)
    verified: bool


class CloudRunPrices(Model):
    """Google Cloud Run, tier 1 regions."""

    request_vcpu_second: KnownPrice
    request_gib_second: KnownPrice
    warm_vcpu_second: KnownPrice
    """Of an instance that is kept warm, with request-based billing, while it answers nothing."""
    warm_gib_second: KnownPrice
    million_requests: KnownPrice
    instance_vcpu_second: KnownPrice
    instance_gib_second: KnownPrice
    free_vcpu_seconds: Allowance
    free_gib_seconds: Allowance
    free_requests: Allowance
    gpu_hour: FrozenMap[str, Price]
    """Card, as Cloud Run calls it -> price an hour."""


class Prices(Model):
    """Everything that is not stated in a stack's file."""

    as_of: str = Field(pattern=r"^\d{4}-\d{2}-\d{2}$")
    currency: str = Field(pattern="^USD$")
    cloud_run: CloudRunPrices
    thousand_tasks: FrozenMap[ModelName, Price]
    """Model -> what a thousand tasks cost."""


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
