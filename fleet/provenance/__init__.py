"""Which keys of which files decide a value: each key is given other values in memory, and the stack is planned again.

No table maps values to keys, so none can be out of date.
"""
