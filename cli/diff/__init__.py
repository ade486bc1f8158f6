"""Two plans of a stack compared: what a change of the project does to what runs."""
