"""What each target supports, needs and limits."""
