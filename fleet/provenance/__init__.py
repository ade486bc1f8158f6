"""Finds the keys that decide a value: each key gets other values in memory, and the stack is planned again.

No table maps values to keys, so none can become outdated.
"""
