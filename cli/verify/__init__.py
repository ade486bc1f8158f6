"""Reads what runs on a Docker machine and compares it with the plan: facts first, then pure checks. Changes nothing."""
