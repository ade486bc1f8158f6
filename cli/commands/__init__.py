"""One module per command, named after it: options, what the command runs, and its exit code.

A module is imported for completion and `fleet --help` too: what is slow to import is imported by its functions.
"""
