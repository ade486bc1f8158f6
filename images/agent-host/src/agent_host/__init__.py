"""The main process of a container of agents: it starts them, watches them and reports their state.

Agents import `agent_host.lib` alone. Nothing is imported at this level, because each health check is a new process.
"""
