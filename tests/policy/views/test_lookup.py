"""A finding's resource is found by URN, and by name only where one of the two has no URN."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from policy.views.kubernetes import ObjectView
from policy.views.lookup import Lookup

NAMES, URNS = st.sampled_from(["a", "b", "c"]), st.sampled_from(["", "urn:1", "urn:2"])
VIEWS = st.lists(st.builds(ObjectView, subject=NAMES, urn=URNS, kind=st.just("Secret"), name=NAMES), max_size=10)


@given(VIEWS, NAMES, URNS)
def test_it_finds_the_first_that_a_walk_over_all_finds(views: list[ObjectView], subject: str, urn: str) -> None:
    plain = (view for view in views if (view.urn == urn if urn and view.urn else view.subject == subject))
    assert Lookup(views).find(subject, urn) is next(plain, None)
