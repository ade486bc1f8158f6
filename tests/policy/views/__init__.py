"""Views and their indexes."""
