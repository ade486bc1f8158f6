"""The address book of the fleet, health ports, and networks of tenants."""
