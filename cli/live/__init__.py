"""What is read off a running machine, and how it is judged: facts, then pure checks of facts against a deployment."""
