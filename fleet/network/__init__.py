"""Addresses: the address book of the fleet, health ports, and the networks of tenants."""
