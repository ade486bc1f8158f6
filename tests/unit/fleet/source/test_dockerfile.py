"""What a Dockerfile builds on."""

from __future__ import annotations

import pytest

from fleet.source.dockerfile import read_dockerfile


@pytest.mark.parametrize(
    ("text", "bases"),
    [
        ("FROM scratch", ()),
        ("FROM Scratch", ()),
        ("FROM debian:12", ("debian:12",)),
        ("from debian:12 as base\nFROM base", ("debian:12",)),
        ("FROM debian:12 AS Base\nFROM base", ("debian:12",)),
        ("FROM --platform=linux/amd64 golang:1.25 AS builder\nFROM debian:12\nCOPY --from=builder /a /a",
         ("golang:1.25", "debian:12")),
        ("ARG BASE=debian:12\nFROM ${BASE} AS builder\nFROM $BASE", ("debian:12",)),
        ('ARG BASE="debian:12"\nFROM ${BASE}', ("debian:12",)),
        ("ARG NAME=debian\nARG TAG=12\nFROM ${NAME}:$TAG", ("debian:12",)),
        ("ARG BASE\nFROM ${BASE}", ()),
        ("FROM debian:12\nARG BASE=node:22\nRUN echo $BASE", ("debian:12",)),
        ("# FROM node:22\nFROM debian:12", ("debian:12",)),
        ("", ()),
    ],
)  # fmt: skip
def test_the_bases_of_its_stages(text: str, bases: tuple[str, ...]) -> None:
    assert read_dockerfile(text).bases({}) == bases


def test_an_argument_overrides_its_default() -> None:
    dockerfile = read_dockerfile("ARG BASE=debian:12\nFROM ${BASE} AS builder\nFROM node:22")
    assert dockerfile.bases({"BASE": "mine:1@sha256:00"}) == ("mine:1@sha256:00", "node:22")
