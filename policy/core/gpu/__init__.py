"""GPU memory as policies sum it: budgets, cards, node pools and what frameworks claim."""
