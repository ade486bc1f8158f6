"""What a deployment becomes on a cluster, a theme a file: plain objects of the Kubernetes API. Pure."""
