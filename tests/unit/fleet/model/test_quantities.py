"""Quantities: what people write becomes whole numbers, and anything else is reported with the right form."""

from __future__ import annotations

import re

import pytest
from pydantic import TypeAdapter

from fleet.model.quantities import MemoryMib, Millicores, Seconds, parse_memory_mib, parse_millicores, parse_seconds
from fleet.text import gibibytes, thousands
from tests.unit.fleet.models import make_container, problem


@pytest.mark.parametrize(
    ("text", "mib"),
    [
        ("1MiB", 1),
        ("24564MiB", 24564),
        ("24GiB", 24576),
        ("1.5GiB", 1536),
        ("0.5GiB", 512),
        ("2TiB", 2 * 1024 * 1024),
        (" 8 GiB ", 8192),
        ("0MiB", 0),
    ],
)
def test_a_size_becomes_whole_mib(text: str, mib: int) -> None:
    assert parse_memory_mib(text) == mib
    assert type(parse_memory_mib(text)) is int


@pytest.mark.parametrize(
    "value",
    [
        "24 gigs", "8GB", "8G", "8gib", "GiB", "", "-1GiB", "1,5GiB", "0x10MiB", "8GiB and more",
        "0.5MiB", "0.3GiB", "4.0000000001MiB", "999999999.999999999GiB", 8, 8.0, True, None, ["8GiB"],
    ],
)  # fmt: skip
def test_what_is_no_whole_size_is_refused_with_the_way_to_write_it(value: object) -> None:
    with pytest.raises(ValueError, match=r"is not a size in whole MiB; write it like 24564MiB or 24GiB$") as caught:
        parse_memory_mib(value)
    written = {True: "true", None: "null"}.get(value, str(value)) if not isinstance(value, list) else '["8GiB"]'
    assert written in str(caught.value)


@pytest.mark.parametrize(
    ("value", "millicores"),
    [
        ("1m", 1),
        ("500m", 500),
        ("1500m", 1500),
        (2, 2000),
        (1.5, 1500),
        (0.5, 500),
        (64, 64000),
        ("2", 2000),
        ("1.5", 1500),
        ("0.25", 250),
        (" 2 ", 2000),
    ],
)
def test_an_amount_of_cpu_becomes_millicores(value: object, millicores: int) -> None:
    assert parse_millicores(value) == millicores
    assert type(parse_millicores(value)) is int


@pytest.mark.parametrize(
    "value",
    [
        "0m", "-5m", "1.5m", "m", "", 0, -1, 0.0001, True, False, None, [1], "0", "0.0", "02", "1e3", "0x2", "2.", ".5",
        "2 CPUs", "1,5", "-2", "0.0001", "1:30", 4.0000000001, "4.0000001", "1e400",
    ],
)  # fmt: skip
def test_what_is_no_amount_of_cpu_is_refused_with_the_way_to_write_it(value: object) -> None:
    with pytest.raises(ValueError, match=r"is not an amount of CPU; write it like 500m or 1\.5$"):
        parse_millicores(value)


@pytest.mark.parametrize(("value", "millicores"), [(2.01, 2010), (1.001, 1001), (16.01, 16010)])
def test_a_decimal_amount_of_cpu_is_not_lost_to_binary_fractions(value: float, millicores: int) -> None:
    assert parse_millicores(value) == millicores


@pytest.mark.parametrize("value", [float("inf"), float("nan")])
def test_an_endless_amount_of_cpu_is_refused_like_any_other(value: float) -> None:
    try:
        parse_millicores(value)
    except ValueError as error:
        assert "is not an amount of CPU" in str(error)  # noqa: PT017  (an OverflowError must fail the test)
    else:
        pytest.fail("accepted")


def test_the_schema_takes_what_the_loader_takes() -> None:
    written = (
        "3 GiB",
        " 8MiB ",
        "0.5GiB",
        "1e3GiB",
        "9999999999GiB",
        "8GB",
        "02",
        " 2 ",
        "500m",
        "5 m",
        "1 h 5s",
        "1h",
        "",
        " ",
    )
    for kind, parse in ((MemoryMib, parse_memory_mib), (Millicores, parse_millicores), (Seconds, parse_seconds)):
        forms = TypeAdapter(kind).json_schema()
        pattern = next(each["pattern"] for each in forms.get("anyOf", [forms]) if "pattern" in each)
        for text in written:
            try:
                parse(text)
            except ValueError:
                assert not re.search(pattern, text), (pattern, text)
            else:
                assert re.search(pattern, text), (pattern, text)


def test_a_size_of_hundreds_of_digits_is_refused_like_any_other() -> None:
    with pytest.raises(ValueError, match="is not a size in whole MiB"):
        parse_memory_mib(f"{'9' * 400}GiB")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1s", 1),
        ("30s", 30),
        ("5m", 300),
        ("1h", 3600),
        ("0s", 0),
        ("1m30s", 90),
        ("1h5s", 3605),
        ("1h2m3s", 3723),
        ("90s", 90),
    ],
)
def test_a_duration_becomes_seconds(text: str, seconds: int) -> None:
    assert parse_seconds(text) == seconds


@pytest.mark.parametrize(
    "value", [30, "30", "1.5s", "-1s", "1d", "s", "", "30s1m", "1m1m", "h", "1.5m30s", " ", None, True]
)
def test_what_is_no_duration_is_refused_with_the_way_to_write_it(value: object) -> None:
    with pytest.raises(ValueError, match=r"is not a duration; write it like 30s or 5m$"):
        parse_seconds(value)


@pytest.mark.parametrize(
    ("mib", "text"), [(0, "0"), (999, "999"), (1000, "1 000"), (24564, "24 564"), (10**6, "1 000 000")]
)
def test_figures_are_printed_in_groups_of_three(mib: int, text: str) -> None:
    assert thousands(mib) == text


@pytest.mark.parametrize(("mib", "text"), [(1023, "1023 MiB"), (1024, "1 GiB"), (1536, "1.5 GiB"), (65536, "64 GiB")])
def test_sizes_are_printed_in_the_unit_people_use(mib: int, text: str) -> None:
    assert gibibytes(mib) == text


def test_a_container_gets_the_least_cpu_that_docker_takes_and_no_less() -> None:
    assert make_container(cpu={"request": "2m", "limit": "10m"}).cpu.limit_millicores == 10
    assert make_container(cpu={"request": "10m", "limit": "50m"}).cpu.limit_millicores == 50
    for key, value, least in (("request", "1m", "2m"), ("limit", "9m", "10m"), ("request", 0.001, "2m")):
        assert f"is below {least}, the " in problem(make_container, cpu={"request": "5m", "limit": "10m", key: value})
