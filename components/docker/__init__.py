"""Target `docker`: one machine's Docker daemon, reached over ssh or a local socket."""
