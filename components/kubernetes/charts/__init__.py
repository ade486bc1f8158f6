"""A deployment as a Helm chart: the render, with template expressions in place of configurable values. Pure."""
