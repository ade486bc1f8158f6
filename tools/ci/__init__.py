"""Steps of the workflows in .github/workflows/, which hold no logic of their own."""
