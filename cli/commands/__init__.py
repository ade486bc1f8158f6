"""One module a command: gathers what it needs, hands it to a view, and says how it went."""
