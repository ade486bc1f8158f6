"""Parsers of provider properties that are text: images, users, addresses, platforms, agent lists."""
