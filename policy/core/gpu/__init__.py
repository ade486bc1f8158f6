"""GPU memory: budgets, cards, node pools and the fractions that frameworks allocate."""
