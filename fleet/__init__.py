"""The pure core: models, loader, checks and plan of a fleet of agent containers. Never imports Pulumi."""
