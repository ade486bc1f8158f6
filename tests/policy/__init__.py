"""Policy level: every rule on raw provider properties; needs nothing."""
