"""The process a container of agents runs: it starts them, watches them, and tells the truth about them.

Agents import `agent_host.lib`; nothing else here is meant for them. Nothing is imported at this level, because the
health command starts anew for every check.
"""
