"""Checks of a whole fleet, each a flat function that yields faults.

Every check runs, whatever the others found, so that a user sees all faults at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from fleet.checks.agents import ensure_agents_claim_ports_of_their_own
from fleet.checks.hardening import ensure_exceptions_are_current
from fleet.checks.images import ensure_contexts_exist, ensure_images_run_on_the_machine
from fleet.checks.modes import (
    ensure_a_mode_is_chosen,
    ensure_modes_can_start,
    ensure_modes_name_groups_of_the_stack,
)
from fleet.checks.names import (
    ensure_container_names_are_unique,
    ensure_names_elsewhere_are_unique,
    ensure_names_fit_dns,
    ensure_roles_are_played_once,
)
from fleet.checks.networks import (
    ensure_hosts_are_distinct,
    ensure_ports_are_free,
    ensure_subnets_are_disjoint,
)
from fleet.checks.order import ensure_start_order_is_possible
from fleet.checks.peers import ensure_endpoints_can_be_reached, ensure_endpoints_exist
from fleet.checks.placement import (
    ensure_agents_are_unique,
    ensure_groups_have_one_home,
    ensure_machines_are_large_enough,
    ensure_needed_groups_are_placed,
)
from fleet.checks.secrets import ensure_no_secret_values
from fleet.checks.storage import (
    ensure_mounts_are_writable,
    ensure_single_writers,
    ensure_volumes_exist,
)
from fleet.checks.targets import ensure_rollouts_have_two_versions, ensure_targets_can
from fleet.checks.tenants import (
    ensure_peers_are_of_one_tenant,
    ensure_tenants_share_no_storage,
)
from fleet.checks.waivers import ensure_waivers_hold
from fleet.model import Fleet
from fleet.source.faults import Fault
from fleet.source.locations import Sources


def check_fleet(fleet: Fleet, sources: Sources, known: frozenset[str]) -> list[Fault]:
    """Every fault of a fleet.

    known: names of all group files, including those that could not be read, so that they are not reported as missing.
    """
    return list(_all_faults(fleet, sources, known))


def _all_faults(fleet: Fleet, sources: Sources, known: frozenset[str]) -> Iterator[Fault]:
    yield from ensure_groups_have_one_home(fleet, sources, known)
    yield from ensure_needed_groups_are_placed(fleet, sources)
    yield from ensure_machines_are_large_enough(fleet, sources)
    yield from ensure_agents_are_unique(fleet, sources)
    yield from ensure_agents_claim_ports_of_their_own(fleet, sources)
    yield from ensure_container_names_are_unique(fleet, sources)
    yield from ensure_names_elsewhere_are_unique(fleet, sources)
    yield from ensure_names_fit_dns(fleet, sources)
    yield from ensure_roles_are_played_once(fleet, sources)
    yield from ensure_hosts_are_distinct(fleet, sources)
    yield from ensure_subnets_are_disjoint(fleet, sources)
    yield from ensure_ports_are_free(fleet, sources)
    yield from ensure_endpoints_exist(fleet, sources, known)
    yield from ensure_endpoints_can_be_reached(fleet, sources)
    yield from ensure_peers_are_of_one_tenant(fleet, sources)
    yield from ensure_tenants_share_no_storage(fleet, sources)
    yield from ensure_start_order_is_possible(fleet, sources, known)
    yield from ensure_targets_can(fleet, sources)
    yield from ensure_rollouts_have_two_versions(fleet, sources)
    yield from ensure_a_mode_is_chosen(fleet, sources)
    yield from ensure_modes_name_groups_of_the_stack(fleet, sources)
    yield from ensure_modes_can_start(fleet, sources)
    yield from ensure_volumes_exist(fleet, sources, known)
    yield from ensure_single_writers(fleet, sources)
    yield from ensure_mounts_are_writable(fleet, sources)
    yield from ensure_contexts_exist(fleet, sources)
    yield from ensure_images_run_on_the_machine(fleet, sources)
    yield from ensure_no_secret_values(fleet, sources)
    yield from ensure_exceptions_are_current(fleet, sources, date.today())
    yield from ensure_waivers_hold(fleet, sources, date.today())
