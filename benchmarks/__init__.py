"""Times the commands against bare programs that register the same resources; `make bench` prints a table."""
