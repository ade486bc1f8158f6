"""The target `kubernetes`: container groups as workloads of a cluster."""
