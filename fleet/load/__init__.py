"""Loads and checks every stack and group file, and reports all faults."""
