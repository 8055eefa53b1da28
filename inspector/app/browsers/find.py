"""Which browser to open: the one asked for, or the first that is here and free to be used."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from inspector.app.browsers.kinds import KINDS, Browser, System
from inspector.app.browsers.policies import judge
from inspector.app.errors import InspectorError

WITHOUT = "Without a browser of this kind: `inspector env` gives a terminal whose programs are captured."


class Chosen(NamedTuple):
    """The browser, and what its user should know about it."""

    browser: Browser
    notes: tuple[str, ...] = ()


def choose(asked: str | None, system: System) -> Chosen:
    """The browser for a captured window; InspectorError says why there is none, and what to do."""
    candidates = _candidates(asked, system)
    refusals = []
    for browser in candidates:
        verdict = judge(browser, system.orders(browser))
        if not verdict.forbidden:
            return Chosen(browser, verdict.notes)
        refusals.append(verdict.forbidden)
    if refusals:
        raise InspectorError(
            " ".join(dict.fromkeys(refusals)),
            f"That is an administrator's setting, which goes before what Inspector asks for. Ask whoever manages this computer, "
            f"or try another browser with --browser. {WITHOUT}",
        )
    raise _none(asked)


def _candidates(asked: str | None, system: System) -> Iterable[Browser]:
    if asked is None:
        return system.installed()
    if asked.lower() in KINDS:
        return (browser for browser in system.installed() if browser.kind.key == asked.lower())
    browser = system.at(Path(asked).expanduser())
    return () if browser is None else (browser,)


def _none(asked: str | None) -> InspectorError:
    names = ", ".join(kind.name for kind in KINDS.values())
    if asked is None:
        return InspectorError(
            f"None of these browsers was found on this computer: {names}.",
            f"Install one of them, or say where it is: --browser PATH. {WITHOUT}",
        )
    if asked.lower() in KINDS:
        return InspectorError(
            f"{KINDS[asked.lower()].name} was not found on this computer.",
            "Leave --browser out to take what is there, or say where it is: --browser PATH.",
        )
    return InspectorError(
        f"There is no program {asked}.", f"--browser takes one of {', '.join(KINDS)}, or a program's path."
    )
