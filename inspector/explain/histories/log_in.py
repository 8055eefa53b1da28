"""A log-in as a sequence: the form, the request that carries the password, the cookie or token that comes back, and the next request with it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from inspector.explain.case import Case, Place, text_of
from inspector.explain.histories.clients import Client, clients_of
from inspector.explain.people import asker, capital
from inspector.explain.prose import NOTHING, Prose, listed, say
from inspector.explain.statuses import REDIRECTS
from inspector.explain.values.cookies import parse_cookie, parse_set_cookie
from inspector.explain.values.names import is_csrf, is_password, is_session, pairs
from inspector.explain.values.tokens import read_basic, read_jwt
from inspector.explain.words import took

How = Literal["cookie", "token", "basic"]
Actor = Literal["browser", "site"]

WITHIN = 600.0  # seconds from the form to its sending, or from the log-in to the next request
LARGEST = 64 * 1024
_TOKENS = ("access_token", "token", "jwt", "id_token", "accessToken", "authToken", "auth_token")


@dataclass(frozen=True, slots=True)
class LogInStep:
    """One arrow of the sequence. `took` is the time since the step before, None for the first."""

    id: str
    sender: Actor
    receiver: Actor
    at: float
    sentence: Prose
    exchange: bytes
    place: Place | None = None
    good: bool | None = None
    took: float | None = None


@dataclass(frozen=True, slots=True)
class LogIn:
    """One log-in. `worked` is None where what came after was not seen."""

    how: How
    host: str
    client: Client
    steps: tuple[LogInStep, ...]
    worked: bool | None
    verdict: Prose


def log_ins(cases: Iterable[Case]) -> tuple[LogIn, ...]:
    """All log-ins that can be told, oldest first."""
    found = []
    for client, own in clients_of(cases).items():
        for at, case in enumerate(own):
            told = _by_form(client, own, at) or _by_token(client, own, at) or _by_basic(client, own, at)
            if told is not None:
                found.append(told)
            del case
    return tuple(sorted(found, key=lambda each: each.steps[0].at))


def _password_field(case: Case) -> str:
    """The name under which a form or JSON body carries a password; empty if it carries none."""
    if case.exchange.method != "POST":
        return ""
    kind = case.request.first("content-type").partition(";")[0].strip().lower()
    data = case.request_content.data[:LARGEST]
    if kind == "application/x-www-form-urlencoded":
        return next(
            (name for name, value in pairs(data.decode("latin-1")) if value and is_password(name)), ""
        )
    if kind.endswith("json"):
        found = _json(data)
        if isinstance(found, dict):
            return next((str(name) for name, value in found.items() if value and is_password(str(name))), "")
    return ""


def _json(data: bytes) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None


def _by_form(client: Client, cases: Sequence[Case], at: int) -> LogIn | None:
    """Password sent, cookie given back."""
    case = cases[at]
    field = _password_field(case)
    if not field:
        return None
    cookies = [(parse_set_cookie(text_of(each)), each) for each in case.response.every("set-cookie")]
    given = [(cookie, each) for cookie, each in cookies if is_session(cookie.name)] or cookies
    if not given and _token_in(case)[0]:
        return None
    steps = _Steps()
    _tell_form(steps, _form_before(cases, at))
    _tell_password(steps, case, field)
    if case.exchange.status >= 400:
        answer = say("`{host}` answered {status}: no.", host=case.host, status=str(case.exchange.status))
        steps.answered(case, "refused", answer, None, False)
        return LogIn("cookie", case.host, client, steps.done(), False, say("The log-in did not work."))
    names = [cookie.name for cookie, _ in given]
    _tell_cookie(steps, case, names, case.response.place(given[0][1]) if given else None)
    if case.exchange.status in REDIRECTS:
        onwards = say("It sent the browser on to `{url}`.", url=case.response.first("location"))
        steps.answered(case, "redirect", onwards, case.response.whole_head())
    return _after_cookie(client, cases, at, steps, names)


def _tell_form(steps: _Steps, form: Case | None) -> None:
    """The page with the form, if it was seen."""
    if form is None:
        return
    who = capital(asker(form.exchange))
    steps.asked(form, "form-asked", say("{who} asked for the page `{path}`.", who=who, path=form.path))
    steps.answered(form, "form", say("`{host}` sent a form that asks for a password.", host=form.host))


def _tell_password(steps: _Steps, case: Case, field: str) -> None:
    safe = case.secure or case.is_local
    how = NOTHING if safe else say("Over plain http anyone on the way could read it.")
    sent = pairs(case.request_content.data[:LARGEST].decode("latin-1"))
    token = next((name for name, _ in sent if is_csrf(name)), "")
    guard = say("A word against forged requests went along (`{name}`).", name=token) if token else NOTHING
    sentence = say("The form was sent, with the password in `{field}`.", field=field) + guard + how
    steps.asked(case, "password", sentence, case.request.whole_body(), safe)


def _tell_cookie(steps: _Steps, case: Case, names: Sequence[str], place: Place | None) -> None:
    """The answer to the password, and whether it set a cookie."""
    status = str(case.exchange.status)
    if not names:
        steps.answered(case, "no-cookie", say("`{host}` answered {status} and set no cookie.", host=case.host, status=status))  # fmt: skip
        return
    shown = listed((name or "(no name)" for name in names), most=4)
    steps.answered(case, "cookie", say("`{host}` answered {status} and set {names}: by that it will know the browser again.", host=case.host, status=status, names=shown), place, True)  # fmt: skip


def _form_before(cases: Sequence[Case], at: int) -> Case | None:
    case = cases[at]
    for before in reversed(cases[max(0, at - 60) : at]):
        if case.exchange.started - before.exchange.started > WITHIN:
            return None
        if (
            before.host == case.host
            and before.page is not None
            and any(form.has_password for form in before.page.forms)
        ):
            return before
    return None


def _after_cookie(client: Client, cases: Sequence[Case], at: int, steps: _Steps, names: list[str]) -> LogIn:
    """What the next request shows of whether it worked."""
    case = cases[at]
    near = (
        each for each in cases[at + 1 : at + 60] if each.host == case.host and each.exchange.kind == "http"
    )
    later = next(near, None)
    worked: bool | None = None
    if later is None or later.exchange.started - case.exchange.started > WITHIN:
        verdict = say("What came after it was not seen, so whether it worked is not visible from here.")
    else:
        worked, verdict = _came_back(steps, later, names)
    return LogIn("cookie", case.host, client, steps.done(), worked, verdict)


def _came_back(steps: _Steps, later: Case, names: Sequence[str]) -> tuple[bool, Prose]:
    """Whether the cookie came back with the next request, and what the site made of it."""
    sent = {name for name, _, _ in parse_cookie(later.request.value("cookie"))}
    back = [name for name in names if name in sent] if names else [name for name in sent if is_session(name)]
    if not back:
        sentence = say("The next request, for `{path}`, came without it.", path=later.path)
        steps.asked(later, "without", sentence, None, False)
        if names:
            return False, say("The cookie did not come back with the next request: see in its history why not.")  # fmt: skip
        return False, say("No cookie was set, so the site can't know the browser again.")
    brought = say("The next request, for `{path}`, brought back {names}.", path=later.path, names=listed(back, most=4))  # fmt: skip
    steps.asked(later, "with", brought, later.request.place(later.request.every("cookie")[0]), True)
    status = str(later.exchange.status)
    steps.answered(later, "answer", say("`{host}` answered {status}.", host=later.host, status=status))
    shows_form = later.page is not None and any(form.has_password for form in later.page.forms)
    if later.exchange.status >= 400 or shows_form:
        return False, say("The cookie came back, and the site asks for a log-in again or refuses: most likely the log-in did not work.")  # fmt: skip
    return True, say("The cookie came back with the next request, and the site answered: the log-in worked, as far as one can see.")  # fmt: skip


def _token_in(case: Case) -> tuple[str, str]:
    """A token in a JSON answer: under which name, and the token."""
    if not case.response.first("content-type").partition(";")[0].strip().lower().endswith("json"):
        return "", ""
    found = _json(case.content.data[:LARGEST])
    if isinstance(found, dict):
        for name in _TOKENS:
            if isinstance(found.get(name), str) and len(found[name]) >= 8:
                return name, found[name]
    return "", ""


def _by_token(client: Client, cases: Sequence[Case], at: int) -> LogIn | None:
    """Password or key sent, token given back in the body."""
    case = cases[at]
    name, token = _token_in(case)
    if not token or case.exchange.method != "POST":
        return None
    steps = _Steps()
    field = _password_field(case)
    what = say("with the password in `{field}`", field=field) if field else say("for a token")
    steps.asked(
        case,
        "password",
        say("A script sent a request to `{path}`, {what}.", path=case.path, what=what),
        case.request.whole_body(),
        case.secure or case.is_local,
    )
    kind = say("a [[JWT]]") if read_jwt(token) else say("a [[bearer token]]")
    steps.answered(
        case,
        "token",
        say("`{host}` gave {kind} in the body, as `{name}`.", host=case.host, kind=kind, name=name),
        case.response.whole_body(),
        True,
    )
    for later in cases[at + 1 : at + 200]:
        for field_ in later.request.every("authorization"):
            if token in text_of(field_):
                steps.asked(
                    later,
                    "with",
                    say("The script sent it along with `{path}` (Authorization).", path=later.path),
                    later.request.place(field_),
                    True,
                )
                steps.answered(
                    later,
                    "answer",
                    say("`{host}` answered {status}.", host=later.host, status=str(later.exchange.status)),
                )
                worked = later.exchange.status not in (401, 403) and bool(later.exchange.status)
                verdict = say("The token was accepted.") if worked else say("The token was refused.")
                return LogIn("token", case.host, client, steps.done(), worked, verdict)
    return LogIn(
        "token",
        case.host,
        client,
        steps.done(),
        None,
        say("No request with this token was seen. Where the script keeps it is not visible from here."),
    )


def _by_basic(client: Client, cases: Sequence[Case], at: int) -> LogIn | None:
    """401, then the same address with name and password."""
    case = cases[at]
    challenge = case.response.every("www-authenticate")
    if case.exchange.status != 401 or not challenge or case.request.has("authorization"):
        return None
    steps = _Steps()
    steps.asked(
        case, "asked", say("{who} asked for `{path}`.", who=capital(asker(case.exchange)), path=case.path)
    )
    steps.answered(
        case,
        "challenge",
        say(
            "`{host}` answered 401: say first who you are (`{how}`).",
            host=case.host,
            how=text_of(challenge[0]),
        ),
        case.response.place(challenge[0]),
    )
    for later in cases[at + 1 : at + 60]:
        fields = later.request.every("authorization")
        if later.url != case.url or not fields:
            continue
        scheme, _, rest = text_of(fields[0]).partition(" ")
        basic = read_basic(rest) if scheme.lower() == "basic" else None
        who = say("as `{name}`", name=basic[0]) if basic else say("by `{scheme}`", scheme=scheme)
        steps.asked(
            later,
            "credentials",
            say("It asked again, {who}.", who=who),
            later.request.place(fields[0]),
            later.secure or later.is_local,
        )
        steps.answered(
            later,
            "answer",
            say("`{host}` answered {status}.", host=later.host, status=str(later.exchange.status)),
        )
        worked = later.exchange.status != 401 and bool(later.exchange.status)
        verdict = (
            say("The log-in worked; name and password go with every request from here on.")
            if worked
            else say("Name or password were not accepted.")
        )
        return LogIn("basic", case.host, client, steps.done(), worked, verdict)
    return None


class _Steps:
    """The arrows so far."""

    def __init__(self) -> None:
        self._steps: list[LogInStep] = []

    def asked(
        self, case: Case, id: str, sentence: Prose, place: Place | None = None, good: bool | None = None
    ) -> None:
        self._add(
            LogInStep(
                id,
                "browser",
                "site",
                case.exchange.started,
                sentence,
                case.exchange.id,
                place or case.request.place(),
                good,
            )
        )

    def answered(
        self, case: Case, id: str, sentence: Prose, place: Place | None = None, good: bool | None = None
    ) -> None:
        where = place or (case.response.place() if case.response.there else None)
        self._add(LogInStep(id, "site", "browser", case.answered_at, sentence, case.exchange.id, where, good))

    def _add(self, step: LogInStep) -> None:
        self._steps.append(step)

    def done(self) -> tuple[LogInStep, ...]:
        """All of them, each with the time since the one before."""
        found = []
        before: float | None = None
        for step in self._steps:
            passed = None if before is None else max(step.at - before, 0.0)
            found.append(
                LogInStep(
                    step.id,
                    step.sender,
                    step.receiver,
                    step.at,
                    step.sentence,
                    step.exchange,
                    step.place,
                    step.good,
                    passed,
                )
            )
            before = step.at
        return tuple(found)


__all__ = ["LogIn", "LogInStep", "log_ins", "took"]
