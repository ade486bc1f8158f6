"""The offline plan: the very program, run in process against a recording monitor, as strict as an engine."""
