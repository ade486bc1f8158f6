"""The fleet as one page and as a drawing, from plans; pure functions to text."""
