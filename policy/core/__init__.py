"""What a rule is made of: its declaration, settings, findings, waivers and verdicts."""
