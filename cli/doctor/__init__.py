"""Reads a Docker machine and checks whether its stack could be deployed there. Changes nothing."""
