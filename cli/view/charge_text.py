"""The cost of a plan in a line; apart from `cost_text`, so that no plan waits for prices it does not show."""

from __future__ import annotations

from fleet.plan.deployment import MonthlyCharge


def charge_text(charge: MonthlyCharge) -> str:
    """The cost of a plan beside its budget, in a line."""
    more = f"; no price is known of {', '.join(charge.unknown)}" if charge.unknown else ""
    return (
        f"${money(charge.expected_usd)} expected of a budget of ${money(charge.budget_usd)} a month; "
        f"idle ${money(charge.idle_usd)}, maximum ${money(charge.maximum_usd)}{more}"
    )


def money(usd: float) -> str:
    """Dollars and cents without their sign: `1 234.50`."""
    cents = round(usd, 2) + 0.0
    return f"{cents:,.2f}".replace(",", " ") if abs(cents) < 1e9 else f"{cents:.3e}"
