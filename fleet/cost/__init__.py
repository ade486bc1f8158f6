"""Monthly cost of a stack at idle, expected and maximum load: pure arithmetic over its plan."""

from fleet.cost.figures import HOURS_PER_MONTH, Amounts, GroupCost, Part, StackCost
from fleet.cost.prices import Prices, shipped_prices
from fleet.cost.stack import stack_cost

__all__ = ["HOURS_PER_MONTH", "Amounts", "GroupCost", "Part", "Prices", "StackCost", "shipped_prices", "stack_cost"]
