"""Deploys and removes stacks."""
