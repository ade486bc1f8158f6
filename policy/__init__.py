"""CrossGuard policy pack: judges what was really registered, whoever wrote it."""
