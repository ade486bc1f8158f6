"""JSON schemas of the stack and group files, built from the models."""
