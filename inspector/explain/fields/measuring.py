"""Times, traces and reports: what servers and browsers tell those who run the site."""

from __future__ import annotations

import json
import re

from inspector.explain.fields.model import Known, Line, Told
from inspector.explain.parts import Part
from inspector.explain.prose import NOTHING, listed, say, shown
from inspector.explain.references import header, rfc, w3c
from inspector.explain.values.lists import members

_PARENT = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?")


def _server_timing(line: Line) -> Told:
    parts = []
    for each in members(line.value)[:60]:
        spent, words = each.parameter("dur"), each.parameter("desc")
        name = (
            say("{words} (`{name}`)", words=words, name=each.words)
            if words
            else say("`{name}`", name=each.words)
        )
        plain = (
            say("{name}: {spent} ms.", name=name, spent=spent)
            if spent
            else say("{name}, without a time.", name=name)
        )
        parts.append(Part(shown(each.words), plain, offset=each.offset, length=len(each.words)))
    plain = say(
        "What the server itself says of where its time went. The browser's developer tools show it, and scripts of the same [[origin]] can read it."
    )
    return Told(plain, parts=tuple(parts))


def _timing_allow_origin(line: Line) -> Told:
    if line.value.strip() == "*":
        return Told(say("Scripts of any page may learn how long this took."))
    return Told(
        say(
            "Scripts of pages from {origins} may learn how long this took.",
            origins=listed(each.words for each in members(line.value)),
        )
    )


def _traceparent(line: Line) -> Told:
    found = _PARENT.fullmatch(line.value.strip())
    if found is None or found[2] == "0" * 32 or found[3] == "0" * 16:
        return Told(
            say(
                "`{value}` is not written as the standard wants, so receivers start a trace of their own.",
                value=line.value,
            ),
            good=False,
        )
    kept = "is kept" if int(found[4], 16) & 1 else "is not kept, as far as the caller knows"
    plain = say("A number that goes with this request through all programs that work on it, so that their records can be put together: trace `{trace}`.", trace=found[2])  # fmt: skip
    return Told(plain, say(f"The step that sent this is `{{span}}`; the record {kept}.", span=found[3]))


def _tracestate(line: Line) -> Told:
    names = listed((each.words.partition("=")[0] for each in members(line.value)), most=5)
    return Told(
        say(
            "What tracing programs want to hand on with the trace: from {names}.",
            names=names or say("nobody"),
        )
    )


def _request_id(line: Line) -> Told:
    if line.in_request:
        return Told(
            say(
                "A number for this request, so that it can be found again in the records of all servers: `{value}`.",
                value=line.value,
            )
        )
    return Told(
        say(
            "The number under which the server's records have this exchange: `{value}`. Useful when one asks for help.",
            value=line.value,
        )
    )


def _report_to(line: Line) -> Told:
    names = []
    try:
        found = json.loads(f"[{line.value}]")
        names = [str(each.get("group", "default")) for each in found if isinstance(each, dict)]
    except (ValueError, RecursionError):
        return Told(say("This should be JSON and isn't, so browsers ignore it."), good=False)
    return Told(
        say(
            "Where the browser may send reports, in the old form: the groups {names}.",
            names=listed(names) or say("(none)"),
        )
    )


def _reporting_endpoints(line: Line) -> Told:
    found = [each.words.partition("=") for each in members(line.value)]
    plain = say(
        "Where the browser may send reports of what it blocked or what failed: {names}.",
        names=listed((name for name, _, _ in found)) or say("nowhere"),
    )
    return Told(
        plain,
        parts=tuple(
            Part(
                shown(f"{name}={url}"),
                say("Reports for `{name}` go to `{url}`.", name=name, url=url.strip('"')),
            )
            for name, _, url in found[:20]
        ),
    )


def _nel(line: Line) -> Told:
    try:
        found = json.loads(line.value)
    except (ValueError, RecursionError):
        return Told(say("This should be JSON and isn't, so browsers ignore it."), good=False)
    group = str(found.get("report_to", "")) if isinstance(found, dict) else ""
    plain = say("Chrome and its kin are to report when the network fails on the way to this site")
    return Told(
        say("{plain}, to the group `{group}`.", plain=plain, group=group)
        if group
        else say("{plain}.", plain=plain)
    )


def _via(line: Line) -> Told:
    names = [each.words for each in members(line.value)]
    count = len(names)
    what = "request" if line.in_request else "answer"
    plain = say(
        f"The {what} came through {{count}} on the way: {{names}}.",
        count="one other" if count == 1 else f"{count} others",
        names=listed(names),
    )
    return Told(
        plain, say("Each adds the version of HTTP in which it got the message, and a name of its own.")
    )


def _forwarded(line: Line) -> Told:
    plain = say("A proxy in front says for whom it asks: `{value}`.", value=line.value)
    return Told(
        plain,
        say("Whoever asks first can write this too; a server may believe it only from its own proxies."),
    )


_FORWARDED = {
    "x-forwarded-for": "The addresses of those who asked, as the proxies on the way saw them: {names}.",
    "x-forwarded-host": "The host that was asked for before a proxy changed it: {names}.",
    "x-forwarded-proto": "How the proxy in front was asked: {names}.",
    "x-forwarded-port": "The port at which the proxy in front was asked: {names}.",
    "x-forwarded-server": "The name of the proxy in front: {names}.",
    "x-real-ip": "The address of whoever asked, as a proxy in front saw it: {names}.",
    "cf-connecting-ip": "The address of whoever asked, as Cloudflare saw it: {names}.",
    "true-client-ip": "The address of whoever asked, as a CDN saw it: {names}.",
}


def _x_forwarded(line: Line) -> Told:
    plain = say(_FORWARDED[line.name], names=listed(each.words for each in members(line.value)))
    return Told(
        plain,
        say("Whoever asks first can write this too; a server may believe it only from its own proxies."),
    )


_CACHES = {
    "HIT": "It came out of the CDN's cache.",
    "MISS": "The CDN's cache did not have it, so the site was asked.",
    "EXPIRED": "The CDN's copy was too old, so the site was asked.",
    "STALE": "It came out of the CDN's cache, though it was too old.",
    "BYPASS": "The CDN's cache was passed by.",
    "REVALIDATED": "The CDN's copy was too old; the site said that it is still good.",
    "UPDATING": "It came out of the CDN's cache while a new copy is being fetched.",
    "DYNAMIC": "The CDN doesn't keep things of this kind, so the site was asked.",
    "REFRESHHIT": "The CDN's copy was too old; the site said that it is still good.",
}


def _cache_hit(line: Line) -> Told:
    first = re.split(r"[ ,;_-]", line.value.strip().upper(), maxsplit=1)[0]
    words = _CACHES.get(first)
    if words is None:
        return Told(say("What a cache on the way says of itself: `{value}`.", value=line.value))
    return Told(
        say(words)
        + (say("It says `{value}`.", value=line.value) if line.value.strip().upper() != first else NOTHING)
    )


def _cache_status(line: Line) -> Told:
    parts = []
    for each in members(line.value)[:20]:
        if each.parameter("hit") is not None:
            what = say("had it")
        elif each.parameter("fwd") is not None:
            what = say("passed the request on (`{why}`)", why=each.parameter("fwd") or "")
        else:
            what = say("says nothing more")
        parts.append(
            Part(
                shown(each.words),
                say("The cache `{name}` {what}.", name=each.words.strip('"'), what=what),
                offset=each.offset,
                length=len(each.words),
            )
        )
    return Told(say("What the caches on the way did, the one nearest to the site first."), parts=tuple(parts))


def _cdn_control(line: Line) -> Told:
    return Told(
        say("Like Cache-Control, but for CDNs only; browsers don't look at it: `{value}`.", value=line.value)
    )


FIELDS = {
    "server-timing": Known(_server_timing, (w3c("server-timing", "Server Timing"), header("Server-Timing"))),
    "timing-allow-origin": Known(
        _timing_allow_origin, (w3c("resource-timing", "Resource Timing"), header("Timing-Allow-Origin"))
    ),
    "traceparent": Known(_traceparent, (w3c("trace-context", "Trace Context", "traceparent-header"),)),
    "tracestate": Known(_tracestate, (w3c("trace-context", "Trace Context", "tracestate-header"),)),
    "x-request-id": Known(_request_id, (rfc(9110, "5"),)),
    "x-correlation-id": Known(_request_id, (rfc(9110, "5"),)),
    "request-id": Known(_request_id, (rfc(9110, "5"),)),
    "x-amzn-trace-id": Known(_request_id, (rfc(9110, "5"),)),
    "x-amz-cf-id": Known(_request_id, (rfc(9110, "5"),)),
    "cf-ray": Known(_request_id, (rfc(9110, "5"),)),
    "report-to": Known(_report_to, (header("Report-To"),)),
    "reporting-endpoints": Known(
        _reporting_endpoints, (w3c("reporting-1", "Reporting API"), header("Reporting-Endpoints"))
    ),
    "nel": Known(_nel, (w3c("network-error-logging", "Network Error Logging"), header("NEL"))),
    "via": Known(_via, (rfc(9110, "7.6.3"), header("Via"))),
    "forwarded": Known(_forwarded, (rfc(7239, "4"), header("Forwarded"))),
    **{name: Known(_x_forwarded, (header("X-Forwarded-For"),)) for name in _FORWARDED},
    "x-cache": Known(_cache_hit, (rfc(9211, "1"),)),
    "cf-cache-status": Known(_cache_hit, (rfc(9211, "1"),)),
    "x-cache-status": Known(_cache_hit, (rfc(9211, "1"),)),
    "x-proxy-cache": Known(_cache_hit, (rfc(9211, "1"),)),
    "x-vercel-cache": Known(_cache_hit, (rfc(9211, "1"),)),
    "cache-status": Known(_cache_status, (rfc(9211, "2"),)),
    "cdn-cache-control": Known(_cdn_control, (rfc(9213, "3"),)),
    "surrogate-control": Known(_cdn_control, (rfc(9213, "3"),)),
}
