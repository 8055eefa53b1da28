"""A script's request to another origin, judged step by step as a browser does it, with its preflight if it had one; the missing field named."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from inspector.explain.case import Case, Place
from inspector.explain.checks.cors_blocked import WHY
from inspector.explain.fields.cors import asks_preflight
from inspector.explain.histories.clients import Client, clients_of
from inspector.explain.prose import NOTHING, Prose, listed, say
from inspector.explain.references import Reference, fetch
from inspector.explain.values.cors import SAFE_METHODS, check_origin, names_in, unsafe_fields
from inspector.explain.values.lists import number
from inspector.explain.values.sites import split_origin
from inspector.explain.words import lasting

WITHIN = 30.0  # seconds from a preflight to its request

_FETCH = fetch("cors-preflight-fetch-0", "Fetch standard: preflight")
_CHECK = fetch("concept-cors-check", "Fetch standard: CORS check")


@dataclass(frozen=True, slots=True)
class JudgedStep:
    """One question that the browser asks, and its answer: True (goes on), False (stops here), None (can't be seen, or wasn't needed).

    `missing` is the field that would have to be there, or be otherwise, and `should` what it would have to say.
    """

    id: str
    question: Prose
    good: bool | None
    sentence: Prose
    exchange: bytes
    place: Place | None = None
    missing: str = ""
    should: str = ""
    reference: Reference = _FETCH


@dataclass(frozen=True, slots=True)
class CorsStory:
    """One request of a script to another origin. `preflight` and `request` are exchanges' ids, empty where there was none.

    `allowed` is whether the script got to read the answer, None where that can't be told.
    """

    origin: str
    url: str
    method: str
    client: Client
    preflight: bytes
    request: bytes
    steps: tuple[JudgedStep, ...]
    allowed: bool | None
    verdict: Prose
    missing: str = ""


def cors_stories(cases: Iterable[Case]) -> tuple[CorsStory, ...]:
    """Each preflight with its request, and each request of a script to another origin that needed none; oldest first."""
    found = []
    for client, own in clients_of(cases).items():
        used: set[bytes] = set()
        for at, case in enumerate(own):
            if asks_preflight(case):
                request = _request_after(own, at)
                if request is not None:
                    used.add(request.exchange.id)
                found.append((case.exchange.started, _with_preflight(client, case, request)))
            elif case.exchange.id not in used and _is_scripts(case):
                found.append((case.exchange.started, _without_preflight(client, case)))
    return tuple(story for _, story in sorted(found, key=lambda each: each[0]))


def _is_scripts(case: Case) -> bool:
    """Whether a script of another origin asked, as far as it shows."""
    found = check_origin(case)
    mode = case.request.first("sec-fetch-mode").strip().lower()
    return (
        found.asked
        and not found.same_origin
        and case.exchange.kind == "http"
        and mode in ("", "cors")
        and not case.answered_here
    )


def _request_after(cases: Sequence[Case], at: int) -> Case | None:
    asked = cases[at]
    method = asked.request.first("access-control-request-method").strip()
    for case in cases[at + 1 : at + 100]:
        if case.exchange.started - asked.exchange.started > WITHIN:
            return None
        if (
            case.url == asked.url
            and case.exchange.method == method
            and case.request.first("origin") == asked.request.first("origin")
        ):
            return case
    return None


def _with_preflight(client: Client, asked: Case, request: Case | None) -> CorsStory:
    origin = asked.request.first("origin").strip()
    method = asked.request.first("access-control-request-method").strip()
    credentials = _credentials(request)
    steps = [_why(asked, method), *_permission(asked, method, credentials)]
    stopped = next((step for step in steps if step.good is False), None)
    if stopped is None:
        steps.append(_sent(asked, request))
        if request is not None:
            steps.append(_answer(request, credentials))
            stopped = steps[-1] if steps[-1].good is False else None
    return _story(_Asked(client, origin, asked.url, method, asked.exchange.id), request, steps, stopped)


def _without_preflight(client: Client, case: Case) -> CorsStory:
    needs = (
        [name for name in unsafe_fields(case.request) if name != "x-requested-with"]
        if case.exchange.method in SAFE_METHODS
        else []
    )
    if case.exchange.method not in SAFE_METHODS or unsafe_fields(case.request):
        why = say("This needs permission first ({what}), and no [[preflight]] was seen: the browser remembered one, or it was before this was watched.", what=listed(needs or [case.exchange.method], most=4))  # fmt: skip
    else:
        why = say(
            "A form could send the same, so the browser asks nobody first; it only keeps the answer from the script if it isn't allowed."
        )
    steps = [
        JudgedStep("needed", say("Is permission needed first?"), None, why, case.exchange.id, case.request.place(), reference=fetch("cors-safelisted-method", "Fetch standard")),
        _answer(case, _credentials(case)),
    ]  # fmt: skip
    stopped = steps[-1] if steps[-1].good is False else None
    return _story(
        _Asked(client, case.request.first("origin").strip(), case.url, case.exchange.method),
        case,
        steps,
        stopped,
    )


def _credentials(request: Case | None) -> bool | None:
    """Whether the script asked with cookies: seen only if some went along."""
    return True if request is not None and request.request.has("cookie") else None


def _why(asked: Case, method: str) -> JudgedStep:
    names = names_in(asked.request.value("access-control-request-headers"))
    reasons = []
    if method not in SAFE_METHODS:
        reasons.append(say("the method `{method}`", method=method))
    if names:
        reasons.append(say("the fields {names}", names=listed(names, most=6)))
    if not reasons:
        what = say("what it asks for alone doesn't show why (perhaps a watched upload, or a stream)")
    else:
        what = (
            say("{first} and {second}", first=reasons[0], second=reasons[1])
            if len(reasons) == 2
            else reasons[0]
        )
    sentence = say(
        "A page could not send this without a script, so the browser asks the server first, with OPTIONS and without cookies. The reason: {what}.",
        what=what,
    )
    place = asked.request.place(asked.request.every("access-control-request-method")[0])
    return JudgedStep("needed", say("Is permission needed first?"), None, sentence, asked.exchange.id, place)


def _permission(asked: Case, method: str, credentials: bool | None) -> list[JudgedStep]:
    """The preflight's answer, question by question (Fetch §4.8, steps 7 and on)."""
    if not asked.exchange.status or asked.answered_here:
        sentence = say("The server did not answer the [[preflight]], so the request is not sent.")
        return [
            JudgedStep("answered", say("Did the server answer?"), False, sentence, asked.exchange.id, None)
        ]
    steps: list[JudgedStep] = []
    questions: tuple[Callable[[], JudgedStep], ...] = (
        lambda: _origin(asked, credentials),
        lambda: _status(asked),
        lambda: _method(asked, method, credentials),
        lambda: _names(asked, credentials),
        lambda: _remembered(asked),
    )
    for ask in questions:
        step = ask()
        steps.append(step)
        if step.good is False:
            break
    return steps


def _origin(case: Case, credentials: bool | None) -> JudgedStep:
    found = check_origin(case, credentials=credentials)
    question = say("May this page ask at all?")
    fields = case.response.every("access-control-allow-origin")
    place = case.response.place(fields[0]) if fields else case.response.whole_head()
    if found.good is False:
        should = "true" if found.missing.endswith("Credentials") else found.origin
        sentence = say(
            f"No: {WHY[found.code]}. The field `{{field}}` would have to say `{{should}}`.",
            field=found.missing,
            should=should,
        )
        return JudgedStep(
            "origin", question, False, sentence, case.exchange.id, place, found.missing, should, _CHECK
        )
    if found.good is None:
        sentence = say(
            "Yes, as long as the script asks without cookies: `*` allows every page. Whether it asks with them can't be seen here."
        )
        return JudgedStep("origin", question, None, sentence, case.exchange.id, place, reference=_CHECK)
    return JudgedStep(
        "origin",
        question,
        True,
        say("Yes: Access-Control-Allow-Origin allows `{origin}`.", origin=found.origin),
        case.exchange.id,
        place,
        reference=_CHECK,
    )


def _status(case: Case) -> JudgedStep:
    question = say("Is the answer's status one of success?")
    status = case.exchange.status
    if 200 <= status < 300:
        return JudgedStep(
            "status",
            question,
            True,
            say("Yes: {status}.", status=str(status)),
            case.exchange.id,
            case.response.place(),
        )
    extra = say("A [[preflight]] must not be redirected.") if 300 <= status < 400 else say("The server seems not to know OPTIONS here, or wants a log-in first; a preflight never has cookies.")  # fmt: skip
    sentence = say("No: {status}. It would have to be one from 200 to 299.", status=str(status)) + extra
    return JudgedStep(
        "status", question, False, sentence, case.exchange.id, case.response.place(), "status", "204"
    )


def _method(case: Case, method: str, credentials: bool | None) -> JudgedStep:
    question = say("May it use `{method}`?", method=method)
    fields = case.response.every("access-control-allow-methods")
    place = case.response.place(fields[0]) if fields else case.response.whole_head()
    allowed = names_in(case.response.value("access-control-allow-methods"))
    if method in allowed or method in SAFE_METHODS:
        why = (
            say("Yes: Access-Control-Allow-Methods lists it.")
            if method in allowed
            else say("Yes: GET, HEAD and POST need no permission.")
        )
        return JudgedStep("method", question, True, why, case.exchange.id, place)
    if "*" in allowed and not credentials:
        good = True if credentials is False else None
        return JudgedStep(
            "method",
            question,
            good,
            say("Yes, if the script asks without cookies: `*` allows every method."),
            case.exchange.id,
            place,
        )
    star = say("With cookies `*` is just a name here.") if "*" in allowed else NOTHING
    spelled = next((each for each in allowed if each.upper() == method.upper()), "")
    case_hint = say("`{spelled}` is another method: capitals count.", spelled=spelled) if spelled else NOTHING
    sentence = (
        say("No: Access-Control-Allow-Methods would have to list `{method}`.", method=method)
        + star
        + case_hint
    )
    return JudgedStep(
        "method", question, False, sentence, case.exchange.id, place, "Access-Control-Allow-Methods", method
    )


def _names(case: Case, credentials: bool | None) -> JudgedStep:
    question = say("May it send those fields?")
    wanted = [each.lower() for each in names_in(case.request.value("access-control-request-headers"))]
    if not wanted:
        return JudgedStep(
            "fields", question, None, say("It wants to send none that need permission."), case.exchange.id
        )
    fields = case.response.every("access-control-allow-headers")
    place = case.response.place(fields[0]) if fields else case.response.whole_head()
    allowed = [each.lower() for each in names_in(case.response.value("access-control-allow-headers"))]
    missing = [each for each in wanted if each not in allowed]
    if not missing:
        return JudgedStep(
            "fields",
            question,
            True,
            say("Yes: Access-Control-Allow-Headers lists them all."),
            case.exchange.id,
            place,
        )
    if "*" in allowed and not credentials and "authorization" not in missing:
        good = True if credentials is False else None
        return JudgedStep(
            "fields",
            question,
            good,
            say("Yes, if the script asks without cookies: `*` allows all fields but Authorization."),
            case.exchange.id,
            place,
        )
    star = (
        say("`*` does not include Authorization, and with cookies it is just a name.")
        if "*" in allowed
        else NOTHING
    )
    sentence = (
        say("No: Access-Control-Allow-Headers would have to list {names}.", names=listed(missing, most=6))
        + star
    )
    return JudgedStep(
        "fields",
        question,
        False,
        sentence,
        case.exchange.id,
        place,
        "Access-Control-Allow-Headers",
        ", ".join(missing),
    )


def _remembered(case: Case) -> JudgedStep:
    question = say("For how long does that hold?")
    seconds = number(case.response.first("access-control-max-age"))
    if seconds is None:
        sentence = say("For 5 seconds: Access-Control-Max-Age doesn't say otherwise.")
    else:
        sentence = say(
            "For {time}, as Access-Control-Max-Age says; browsers have limits of their own.",
            time=lasting(seconds),
        )
    return JudgedStep("remembered", question, None, sentence, case.exchange.id)


def _sent(asked: Case, request: Case | None) -> JudgedStep:
    question = say("Was the request itself sent?")
    if request is None:
        sentence = say(
            "It was not seen. If nothing above is in its way, the page was left, or the browser stopped for a reason that can't be seen here."
        )
        return JudgedStep("sent", question, None, sentence, asked.exchange.id)
    sentence = say("Yes, right after: `{method} {path}`.", method=request.exchange.method, path=request.path)
    return JudgedStep("sent", question, True, sentence, request.exchange.id, request.request.place())


def _answer(case: Case, credentials: bool | None) -> JudgedStep:
    """The request's own answer needs permission too: a preflight's doesn't count for it."""
    question = say("May the script read the answer?")
    if not case.exchange.status or case.answered_here:
        return JudgedStep("answer", question, None, say("No answer came from the server."), case.exchange.id)
    found = _origin(case, credentials)
    if found.good is True:
        sentence = say("Yes: this answer, too, allows the page that asked.")
    elif found.good is None:
        sentence = found.sentence
    else:
        sentence = (
            say("No. The server did what was asked, and the script sees only an error.") + found.sentence
        )
    return JudgedStep(
        "answer",
        question,
        found.good,
        sentence,
        case.exchange.id,
        found.place,
        found.missing,
        found.should,
        _CHECK,
    )


class _Asked(NamedTuple):
    """Who asked whom for what."""

    client: Client
    origin: str
    url: str
    method: str
    preflight: bytes = b""


def _story(
    asked: _Asked, request: Case | None, steps: list[JudgedStep], stopped: JudgedStep | None
) -> CorsStory:
    client, origin, url, method, preflight = asked
    there = split_origin(url)
    host = there[1] if there else url
    allowed: bool | None
    if stopped is not None:
        allowed = False
        field = say("the field `{field}` of its answer", field=stopped.missing) if stopped.missing and stopped.missing != "status" else say("the status of its answer") if stopped.missing else say("an answer")  # fmt: skip
        verdict = say(
            "The script of `{origin}` got an error. What `{host}` would have to mend is {field}.",
            origin=origin,
            host=host,
            field=field,
        )
    elif request is None:
        allowed = None
        verdict = say("`{host}` gave the permission; the request itself was not seen.", host=host)
    else:
        allowed = steps[-1].good
        verdict = (
            say("The script of `{origin}` got its answer.", origin=origin)
            if allowed
            else say(
                "Whether the script of `{origin}` got its answer can't be told from here: it hangs on whether it asked with cookies.",
                origin=origin,
            )
        )
    return CorsStory(
        origin, url, method, client, preflight, request.exchange.id if request else b"", tuple(steps), allowed, verdict,
        stopped.missing if stopped else "",
    )  # fmt: skip
