"""A deployment as plain objects of the Kubernetes API, with a module per theme. Pure."""
