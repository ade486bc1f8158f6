"""What the fleet knows of Docker machines."""
