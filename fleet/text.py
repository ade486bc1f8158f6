"""Text forms of numbers and lists. Imports nothing, so that any module can use it."""

from __future__ import annotations

from collections.abc import Sequence

_ADDENDS_MAX = 12
"""Addends listed one by one; more would obscure the message."""


def thousands(number: int) -> str:
    """Digits in groups of three: `24 564`."""
    return f"{number:,}".replace(",", " ")


def money(usd: float) -> str:
    """US dollars with cents, without the sign: `1 234.50`; a billion and more as `1.234e+09`."""
    # Adding zero turns -0.0 into 0.0.
    cents = round(usd, 2) + 0.0
    return f"{cents:,.2f}".replace(",", " ") if abs(cents) < 1e9 else f"{cents:.3e}"


def dollars(usd: float) -> str:
    """`$1 234.50`."""
    return f"${money(usd)}"


def gibibytes(mib: int) -> str:
    """MiB as GiB with at most one decimal: `6 GiB`, `1.5 GiB`; below one GiB as MiB."""
    if mib < 1024:
        return f"{mib} MiB"
    return f"{mib / 1024:.1f}".removesuffix(".0") + " GiB"


def mebibytes(size_bytes: int) -> int:
    """Bytes as whole MiB, rounded up."""
    return -(-size_bytes // 1024**2)


def plural(number: int, noun: str) -> str:
    """A number with its noun: `1 restart`, `3 restarts`, `2 policies`."""
    if number == 1:
        return f"1 {noun}"
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return f"{thousands(number)} {noun[:-1]}ies"
    return f"{thousands(number)} {noun}{'es' if noun.endswith(('s', 'x', 'ch', 'sh')) else 's'}"


def addends(parts: Sequence[tuple[str, int]]) -> str:
    """`language-stack 6 656 + utility 3 584`, largest first; all after the twelfth as one."""
    ordered = sorted(parts, key=lambda part: (-part[1], part[0]))
    shown = [f"{name} {thousands(number)}" for name, number in ordered[:_ADDENDS_MAX]]
    rest = ordered[_ADDENDS_MAX:]
    if rest:
        shown.append(f"{len(rest)} more {thousands(sum(number for _, number in rest))}")
    return " + ".join(shown)
