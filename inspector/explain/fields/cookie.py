"""Cookie: what the browser gives back, and where each of them came from, if that was seen."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from inspector.exchange.model import Exchange
from inspector.explain.case import Case
from inspector.explain.fields.model import Known, Line, Told
from inspector.explain.keeping import setting_of
from inspector.explain.parts import Part
from inspector.explain.people import asker, capital
from inspector.explain.prose import Prose, listed, say, shown
from inspector.explain.references import cookies, header
from inspector.explain.values.cookies import (
    Kept,
    domain_matches,
    judge,
    name_of,
    parse_cookie,
    parse_set_cookie,
)
from inspector.explain.words import moment, plural, size

MOST = 60  # cookies of a field are told one by one
MOST_SIBLINGS = 400  # earlier exchanges are looked through


def _cookie(line: Line) -> Told:
    pairs = parse_cookie(line.value)
    if not line.in_request:
        return Told(say("Only a client sends cookies back; in an answer this means nothing."), good=False)
    if not pairs:
        return Told(say("It is empty."), good=False)
    set_by = origins(line.case, {name for name, _, _ in pairs[:MOST]})
    parts = tuple(_part(line.case, each, set_by.get(each[0])) for each in pairs[:MOST])
    names = listed((name or "(no name)" for name, _, _ in pairs), most=6)
    who = capital(asker(line.case.exchange))
    plain = say("{who} gives back {count} that this site, or one around it, set before: {names}.", who=who, count=plural(len(pairs), "cookie"), names=names)  # fmt: skip
    precise = say(
        "Name and value is all that is given back: the server can't see who set a cookie, nor how long it lasts, nor whether it is Secure."
    )
    if len(line.value) > 4096:
        precise += say("All together they have {size}, with every request.", size=size(len(line.value)))
    if not line.case.secure and not line.case.is_local:
        return Told(plain + say("Over plain http anyone on the way can read them."), precise, parts, False)
    return Told(plain, precise, parts)


def _part(case: Case, pair: tuple[str, str, int], found: tuple[Exchange, Kept] | None) -> Part:
    name, value, offset = pair
    text = f"{name}={value}" if name else value
    if found is None:
        plain = say(
            "Who set `{name}` is not visible from here: before this was watched, or by a script in the page.",
            name=name or "(no name)",
        )
        return Part(shown(text), plain, offset=offset, length=len(text))
    other, kept = found
    when = moment(other.started, case.now, case.zone)
    plain = say("`{name}` was set at {when} by `{host}`.", name=name, when=when, host=other.host)
    return Part(shown(text), plain + _ends(case, kept), offset=offset, length=len(text))


def _ends(case: Case, kept: Kept) -> Prose:
    if kept.expires is None:
        return say("It ends when the browser is closed.")
    return say("It ends at {when}.", when=moment(kept.expires, case.now, case.zone))


def origins(case: Case, names: Collection[str]) -> dict[str, tuple[Exchange, Kept]]:
    """For each of these cookies the last exchange before this one, of the same client, that set it for this host."""
    exchange = case.exchange
    client = exchange.client.rpartition(":")[0]
    before = [
        each
        for each in case.siblings
        if each.started <= exchange.started
        and each.id != exchange.id
        and each.client.rpartition(":")[0] == client
        and each.agent == exchange.agent
    ]
    wanted = set(names)
    found: dict[str, tuple[Exchange, Kept]] = {}
    for other in sorted(before, key=lambda each: each.started, reverse=True)[:MOST_SIBLINGS]:
        for kept in _set_by(Case(other), case.host, wanted - found.keys()):
            found.setdefault(kept.name, (other, kept))
        if len(found) == len(wanted):
            break
    return found


def _set_by(there: Case, host: str, names: Collection[str]) -> Iterator[Kept]:
    """The cookies of these names that a browser keeps of an answer and gives back to the host, the last one first."""
    values = [value for value in there.response.values("set-cookie")[:MOST] if name_of(value) in names]
    setting = setting_of(there) if values else None
    for value in reversed(values):
        judged = judge(parse_set_cookie(value), setting) if setting is not None else None
        if judged is None or judged.cookie is None or judged.code != "kept":
            continue
        kept = judged.cookie
        if host == kept.domain if kept.host_only else domain_matches(host, kept.domain):
            yield kept


FIELDS = {"cookie": Known(_cookie, (cookies("5.8"), header("Cookie")))}
