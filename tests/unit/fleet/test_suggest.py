"""Suggestions for unknown names."""

from __future__ import annotations

from fleet.model import Container, ContainerGroup, Hardening
from fleet.model.hardening import RunAs
from fleet.suggest import _OURS, suggestion


def test_a_key_of_compose_or_kubernetes_is_ours_by_another_name() -> None:
    known = [set(model.model_fields) | _aliases(model) for model in (Hardening, Container, ContainerGroup)]
    for theirs, ours in _OURS.items():
        where = [keys for keys in known if ours in keys]
        assert where, f"{ours} is a key of no model"
        for keys in where:
            if theirs not in keys:
                assert suggestion(theirs, keys) == f"did you mean {ours}?", theirs


def test_a_synonym_is_suggested_only_where_the_key_exists() -> None:
    assert suggestion("user", RunAs.model_fields) == "use one of gid, uid"
    assert suggestion("gropu", ["group", "run_as"]) == "did you mean group?"
    assert suggestion("x", []) == "remove it"


def _aliases(model: type[Container | ContainerGroup | Hardening]) -> set[str]:
    return {field.alias for field in model.model_fields.values() if field.alias}
