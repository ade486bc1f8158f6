"""Templates of a machine, with a module per target."""
