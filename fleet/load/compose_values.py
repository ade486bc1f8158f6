"""Values of a Compose file as this project writes them. Pure; each takes anything that YAML may hold."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

_BYTES = re.compile(r"([0-9]{1,15}(?:\.[0-9]{1,3})?)\s*([bkmgt]?)(?:i?b)?", re.IGNORECASE)
_UNIT = {"": 1, "b": 1, "k": 1024, "m": 1024**2, "g": 1024**3, "t": 1024**4}
_MIB = 1024**2
_USER = re.compile(r"([0-9]{1,10})(?::([0-9]{1,10}))?")
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_PLAIN = re.compile(r"[A-Za-z0-9_./<][A-Za-z0-9_./<>+-]*")
_OTHER_TYPE = re.compile(r"[0-9]+(\.[0-9]*)?|true|false|yes|no|null|on|off", re.IGNORECASE)
_LENGTH_MAX = 200


def size(value: Any) -> str:
    """`"2g"`, `"512M"` or bytes -> `2GiB`; `<size>` for anything else."""
    match = _BYTES.fullmatch(str(value).strip()) if not isinstance(value, bool) else None
    if match is None:
        return "<size>"
    mib = max(math.ceil(float(match[1]) * _UNIT[match[2].lower()] / _MIB), 1)
    return f"{mib // 1024}GiB" if mib % 1024 == 0 else f"{mib}MiB"


def number(value: Any, per: float = 1) -> str:
    """`"0.50"` -> `500m`, `2` -> `2`; CPUs, or `per` of which are one CPU. `<cpus>` for anything else."""
    try:
        millicores = round(float(value) / per * 1000)
    except (TypeError, ValueError, OverflowError):
        return "<cpus>"
    if isinstance(value, bool) or millicores <= 0:
        return "<cpus>"
    return f"{millicores // 1000}" if millicores % 1000 == 0 else f"{millicores}m"


def user(value: Any) -> str:
    """`1000` or `"1000:1000"` -> `"1000:1000"`; empty for names."""
    match = _USER.fullmatch(str(value).strip()) if not isinstance(value, bool) else None
    if str(value).strip() in ("root", "root:root"):
        return '"0:0"'
    return f'"{match[1]}:{match[2] or match[1]}"' if match else ""


def words(value: Any) -> list[str]:
    """A text, a list of texts, or the keys of a mapping."""
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return [str(value)]
    items = list(value) if isinstance(value, list | dict) else []
    return [str(item) for item in items if isinstance(item, str | int | float) and not isinstance(item, bool)]


def flow(value: Any) -> str:
    """A value in YAML's flow style, on one line and cut where it is long."""
    if isinstance(value, Mapping):
        text = f"{{{', '.join(f'{_scalar(key)}: {flow(item)}' for key, item in value.items())}}}"
    elif isinstance(value, list):
        text = f"[{', '.join(map(flow, value))}]"
    else:
        text = _scalar(value)
    return text if len(text) <= _LENGTH_MAX else f"{text[:_LENGTH_MAX]}..."


def _scalar(value: Any) -> str:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    if not isinstance(value, str) or (_PLAIN.fullmatch(text) and not _OTHER_TYPE.fullmatch(text)):
        return text
    return json.dumps(text)


def ports(value: Any) -> str:
    """`["3000:80", "127.0.0.1:53:53/udp"]` -> ports of a group, as text."""
    found: dict[str, Any] = {}
    for index, (place, outer, inner, protocol) in enumerate(_each_port(value)):
        port: dict[str, Any] = {"port": inner}
        if outer is not None:
            port |= {"host_port": outer, "publish": _place(place)}
        if protocol == "udp":
            port["protocol"] = protocol
        found["main" if index == 0 else f"port-{inner}"] = port
    return flow(found) if found else "{main: {port: <number>}}"


def _place(address: str) -> str:
    if address in ("", "0.0.0.0", "::"):  # noqa: S104
        return "lan"
    return "localhost" if address in ("127.0.0.1", "localhost") else address


def _each_port(value: Any) -> Iterator[tuple[str, int | None, int, str]]:
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, dict):
            outer, inner = item.get("published"), item.get("target")
            place, protocol = str(item.get("host_ip") or ""), str(item.get("protocol") or "tcp")
        else:
            text, _, protocol = str(item).partition("/")
            *head, last = text.rsplit(":", 2)
            inner, outer = last, head[-1] if head else None
            place = head[0].strip("[]") if len(head) == 2 else ""
        if str(inner).isdecimal() and len(str(inner)) <= 5:
            number = int(str(outer)) if str(outer).isdecimal() and len(str(outer)) <= 5 else None
            yield place, number, int(str(inner)), protocol


def mounts(value: Any) -> tuple[str, str, str]:
    """`["data:/data", "./x:/y:ro"]` -> mounts of a container, volumes and binds, each as text or empty."""
    found: dict[str, Any] = {}
    volumes: dict[str, Any] = {}
    binds: dict[str, str] = {}
    for source, target, read_only in _each_mount(value):
        name = _volume_name(source or target)
        found[name] = {"path": target, **({"read_only": True} if read_only else {})}
        volumes[name] = {"kind": "data"}
        if source.startswith(("/", ".", "~")):
            binds[name] = source if source.startswith("/") else "<absolute path>"
    return tuple(flow(each) if each else "" for each in (found, volumes, binds))  # type: ignore[return-value]


def _each_mount(value: Any) -> Iterator[tuple[str, str, bool]]:
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, dict):
            yield str(item.get("source") or ""), str(item.get("target") or "<path>"), item.get("read_only") is True
        elif isinstance(item, str):
            source, _, rest = item.partition(":") if ":" in item else ("", "", item)
            target, _, options = rest.partition(":")
            yield source, target, "ro" in options.split(",")


def _volume_name(text: str) -> str:
    name = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    return name if _NAME.fullmatch(name) and 2 <= len(name) <= 40 else "my-volume"


def command(value: Any) -> str:
    """A health check's `test`, or a command in one text, as a list of words."""
    if isinstance(value, str):
        return flow(["sh", "-c", value])
    items = words(value)
    if items[:1] == ["CMD"]:
        return flow(items[1:])
    return flow(["sh", "-c", *items[1:]] if items[:1] == ["CMD-SHELL"] else items)
