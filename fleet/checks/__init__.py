"""Checks of a whole fleet, each a flat function that yields faults.

Every check runs, whatever the others found, so that a user sees all faults at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from fleet.checks import (
    agents,
    hardening,
    images,
    modes,
    names,
    networks,
    order,
    peers,
    placement,
    secrets,
    storage,
    targets,
    tenants,
    waivers,
)
from fleet.model import Fleet
from fleet.source.faults import Fault
from fleet.source.locations import Sources


def check_fleet(fleet: Fleet, sources: Sources, known: frozenset[str]) -> list[Fault]:
    """Every fault of a fleet.

    known: names of all group files, including those that could not be read, so that they are not reported as missing.
    """
    return list(_all_faults(fleet, sources, known))


def _all_faults(fleet: Fleet, sources: Sources, known: frozenset[str]) -> Iterator[Fault]:
    yield from placement.ensure_groups_have_one_home(fleet, sources, known)
    yield from placement.ensure_needed_groups_are_placed(fleet, sources)
    yield from placement.ensure_machines_are_large_enough(fleet, sources)
    yield from placement.ensure_agents_are_unique(fleet, sources)
    yield from agents.ensure_agents_claim_ports_of_their_own(fleet, sources)
    yield from names.ensure_container_names_are_unique(fleet, sources)
    yield from names.ensure_names_elsewhere_are_unique(fleet, sources)
    yield from names.ensure_names_fit_dns(fleet, sources)
    yield from names.ensure_roles_are_played_once(fleet, sources)
    yield from networks.ensure_hosts_are_distinct(fleet, sources)
    yield from networks.ensure_subnets_are_disjoint(fleet, sources)
    yield from networks.ensure_ports_are_free(fleet, sources)
    yield from peers.ensure_endpoints_exist(fleet, sources, known)
    yield from peers.ensure_endpoints_can_be_reached(fleet, sources)
    yield from tenants.ensure_peers_are_of_one_tenant(fleet, sources)
    yield from tenants.ensure_tenants_share_no_storage(fleet, sources)
    yield from order.ensure_start_order_is_possible(fleet, sources, known)
    yield from targets.ensure_targets_can(fleet, sources)
    yield from targets.ensure_rollouts_have_two_versions(fleet, sources)
    yield from modes.ensure_a_mode_is_chosen(fleet, sources)
    yield from modes.ensure_modes_name_groups_of_the_stack(fleet, sources)
    yield from modes.ensure_modes_can_start(fleet, sources)
    yield from storage.ensure_volumes_exist(fleet, sources, known)
    yield from storage.ensure_single_writers(fleet, sources)
    yield from storage.ensure_mounts_are_writable(fleet, sources)
    yield from images.ensure_contexts_exist(fleet, sources)
    yield from images.ensure_images_run_on_the_machine(fleet, sources)
    yield from images.ensure_images_can_be_pulled(fleet, sources)
    yield from secrets.ensure_no_secret_values(fleet, sources)
    yield from hardening.ensure_exceptions_are_current(fleet, sources, date.today())
    yield from waivers.ensure_waivers_hold(fleet, sources, date.today())
