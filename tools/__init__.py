"""What serves the project's own work: its lab, and its pipeline."""
