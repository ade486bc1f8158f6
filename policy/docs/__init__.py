"""The page docs/policies.md, built from the rules."""
