"""The `fleet` command: the same layers, seen from a terminal. Nothing imports it."""
