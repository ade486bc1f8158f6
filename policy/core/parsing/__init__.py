"""Parsers of what providers hold as text: images, users, addresses, platforms, agent lists."""
