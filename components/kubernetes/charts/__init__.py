"""A deployment as a Helm chart, a theme a file: the render with template expressions where its knobs are. Pure."""
