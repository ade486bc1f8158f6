"""Starting files: valid as they stand, with a comment where a new owner decides."""
