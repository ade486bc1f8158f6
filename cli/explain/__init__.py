"""Where the values of resources come from, which rules read them, and what would change them."""
