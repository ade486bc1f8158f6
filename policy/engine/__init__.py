"""Runs the rules: the catalogue, the configuration, the offline judge and the CrossGuard pack."""
