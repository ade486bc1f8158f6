"""CrossGuard policy pack: judges every registered resource, whichever program registered it."""
