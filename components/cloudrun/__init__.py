"""The target `cloudrun`: container groups as services, worker pools and jobs of a Google Cloud project."""
