"""What commands show of a target, with a module per target."""
