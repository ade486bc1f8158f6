"""Compares two plans of a stack: what a change of the project does to running resources."""
