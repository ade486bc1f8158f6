"""The offline plan: the project's own program, run in process against a recording monitor as strict as the engine."""
