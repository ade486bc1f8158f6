"""The pure core: models, loader, judgement and plan of a fleet of agent containers. Never imports Pulumi."""
