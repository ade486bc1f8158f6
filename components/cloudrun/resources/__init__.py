"""What a deployment becomes on Cloud Run, a theme a file: plain arguments of the provider's resources. Pure."""
