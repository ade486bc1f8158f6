"""Output as text, JSON, Markdown, SARIF and HTML. Views make no decisions."""
