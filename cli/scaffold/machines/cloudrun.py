"""Template of a Cloud Run project."""

from __future__ import annotations

EDIT = "project number"
"""What its owner edits first, after the connection."""

BODY = """\
    class: container-service
    target: cloudrun
    # The project's id and number (gcloud projects describe).
    connection: gcp://{project}
    cloud:
      project_number: 100000000001
      regions: [us-central1]
      # Overrides of the defaults per group: services: {{my-group: {{size: medium, max_instances: 3}}}}
      budget: {{monthly_usd: 50}}
  # The registry that images are pushed to.
  fleet:images: {{registry: us-central1-docker.pkg.dev/{project}/fleet, tag: 0.1.0}}
  # The groups it runs, one per line: - my-group
  fleet:groups: []
"""
