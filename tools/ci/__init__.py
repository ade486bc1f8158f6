"""What the workflows in .github/workflows/ call: they hold no logic of their own."""
