"""Shared by `doctor` and `verify`: outcomes of checks, the connection to a daemon, and commands that fix a machine."""
