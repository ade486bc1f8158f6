"""The views that rules see, one shape for every target."""
