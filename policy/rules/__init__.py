"""The rules, one a file: `<id>_<name>.py` exposes `RULE`."""
