"""What chooses tests, and what measures them."""
