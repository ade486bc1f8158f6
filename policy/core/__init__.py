"""Rules and how they are applied: declaration, settings, findings, waivers, verdicts and their messages."""
