"""How long the commands take, against bare programs that register the same resources. `make bench` prints a table."""
