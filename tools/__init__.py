"""Development tools: CI, the lab, and test selection."""
