"""The plan: for one stack, each container fully resolved, before any target is known to it."""
