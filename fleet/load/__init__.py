"""Text to checked models: one load reads every stack and every group, and finds every fault at once."""
