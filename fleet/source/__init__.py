"""YAML text with its lines: parsed, edited in place, located, and reported in faults."""
