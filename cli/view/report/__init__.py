"""The fleet as an HTML page and as a drawing; pure functions of plans."""
