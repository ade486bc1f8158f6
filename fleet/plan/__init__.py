"""Resolves the containers of a stack before a target renders them."""
