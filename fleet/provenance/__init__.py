"""Which keys of which files decide a value: found by changing each key in memory and planning again.

No table says where a value comes from, so that none can be wrong: a key decides a value where another value of the key
makes another value of it.
"""
