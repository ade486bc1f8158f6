"""What the fleet knows of Google Cloud Run."""
