"""What the fleet knows of Kubernetes clusters."""
