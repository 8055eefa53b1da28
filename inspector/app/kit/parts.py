"""Which packages a system needs: what is installed here, gone through with that system's conditions, at the very versions that run here.

pip itself cannot be asked: for another platform it evaluates conditions as on this one, and would leave out what Windows needs and Linux does not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib import metadata
from typing import NamedTuple

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

OURS = "inspector-proxy"


class Installed(NamedTuple):
    """A package as it is installed here. `pure`: the same wheel serves every system."""

    version: str
    requires: tuple[str, ...]
    pure: bool = True


class Need(NamedTuple):
    """A package for pip, with its version."""

    requirement: str
    pure: bool


Look = Callable[[str], Installed | None]


def look_here(name: str) -> Installed | None:
    """A package of this Python; None if it isn't there."""
    try:
        found = metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return None
    wheel = found.read_text("WHEEL") or ""
    return Installed(found.version, tuple(found.requires or ()), "-none-any" in wheel)


def needed(conditions: dict[str, str], look: Look = look_here) -> tuple[Need, ...]:
    """What a system needs; of packages that only the other system needs, whatever fits ours."""
    seen: dict[str, Need] = {}
    waiting = [Requirement(OURS)]
    done: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        each = waiting.pop()
        name = canonicalize_name(each.name)
        key = (name, frozenset(each.extras))
        if key in done:
            continue
        done.add(key)
        found = look(name)
        if name != OURS:
            written = f"{name}=={found.version}" if found else f"{name}{each.specifier}"
            seen[name] = Need(written, found is not None and found.pure)
        if found:
            waiting += _applying(found.requires, conditions, each.extras)
    return tuple(seen[name] for name in sorted(seen))


def _applying(
    requires: Iterable[str], conditions: dict[str, str], extras: Iterable[str]
) -> list[Requirement]:
    applying = []
    for line in requires:
        try:
            one = Requirement(line)
        except InvalidRequirement:
            continue
        asked = [conditions, *({**conditions, "extra": extra} for extra in extras)]
        if one.marker is None or any(one.marker.evaluate(each) for each in asked):
            applying.append(one)
    return applying
