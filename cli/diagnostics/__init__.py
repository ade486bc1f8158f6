"""What `doctor` and `verify` share: outcomes of checks, the connection to a machine, and commands that fix it."""
