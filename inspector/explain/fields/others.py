"""Fields that one sentence explains: wishes, marks of scripts and frameworks, checksums, limits, hints for robots."""

from __future__ import annotations

from inspector.explain.fields.model import Known, Line, Told
from inspector.explain.prose import NOTHING, say
from inspector.explain.references import Reference, header, html, rfc, w3c
from inspector.explain.values.lists import members, number, parameters
from inspector.explain.words import lasting


def _says(words: str, *references: Reference, precise: str = "", good: bool | None = None) -> Known:
    def tell(line: Line) -> Told:
        return Told(say(words, value=line.value), say(precise) if precise else NOTHING, good=good)

    return Known(tell, references)


def _upgrade_insecure(line: Line) -> Told:
    if line.in_request:
        return Told(
            say(
                "The browser would rather have this page over https, and understands `upgrade-insecure-requests` in a Content-Security-Policy."
            )
        )
    return Told(say("In an answer this means nothing."), good=False)


def _priority(line: Line) -> Told:
    _, found = parameters(";" + line.value.replace(",", ";"))
    urgency = number(found.get("u", "3"), 7)
    words = {0: "most urgent of all", 1: "very urgent", 2: "urgent", 3: "as urgent as most", 4: "less urgent", 5: "not urgent", 6: "not urgent at all", 7: "for when there is nothing else to do"}  # fmt: skip
    plain = say(
        "How urgent this is: {words}.",
        words=words.get(3 if urgency is None else urgency, "as urgent as most"),
    )
    if "i" in found and found["i"] != "?0":
        plain += say("It is of use already while it still comes in.")
    return Told(plain)


def _dnt(line: Line) -> Told:
    if line.value.strip() == "1":
        return Told(
            say("Somebody asks not to be tracked. Hardly any site ever obeyed this, and browsers give it up.")
        )
    return Told(say("Somebody says nothing about being tracked, or agrees to it."))


def _gpc(line: Line) -> Told:
    if line.value.strip() == "1":
        return Told(
            say(
                "Somebody forbids that their data are sold or shared. In California and elsewhere sites must obey this by law."
            )
        )
    return Told(say("`{value}` says nothing here; only 1 does.", value=line.value))


def _prefer(line: Line) -> Told:
    names = {"return": "how much of an answer is wanted", "respond-async": "the answer may come later", "wait": "how long it will wait", "handling": "how strict to be"}  # fmt: skip
    found = [
        names.get(each.words.partition("=")[0].lower(), "a wish that isn't known here")
        for each in members(line.value)
    ]
    return Told(say("Wishes that the server may ignore: {wishes}.", wishes=", ".join(found) or "none"))


def _rate_remaining(line: Line) -> Told:
    return Told(say("So many more requests may be made in this span of time: `{value}`.", value=line.value))


def _sunset(line: Line) -> Told:
    return Told(say("This address will be gone after `{value}`.", value=line.value))


def _age_of(words: str, *references: Reference) -> Known:
    def tell(line: Line) -> Told:
        seconds = number(line.value)
        return Told(say(words, time=lasting(seconds) if seconds is not None else line.value))

    return Known(tell, references)


_OWN = rfc(9110, "5")
_FIELDS_OF_HTMX = Reference("htmx: request headers", "https://htmx.org/reference/#request_headers")
_DIGEST = rfc(9530, "2")

FIELDS = {
    "upgrade-insecure-requests": Known(_upgrade_insecure, (w3c("upgrade-insecure-requests", "Upgrade Insecure Requests"), header("Upgrade-Insecure-Requests"))),
    "priority": Known(_priority, (rfc(9218, "4"), header("Priority"))),
    "dnt": Known(_dnt, (header("DNT"),)),
    "sec-gpc": Known(_gpc, (header("Sec-GPC"),)),
    "prefer": Known(_prefer, (rfc(7240, "2"), header("Prefer"))),
    "preference-applied": _says("The wishes that the server followed: `{value}`.", rfc(7240, "3"), header("Preference-Applied")),
    "x-requested-with": _says("A script in the page asks, not the page itself: `{value}`. Scripts' libraries add this.", _OWN, precise="Another site's page can't add it without permission ([[preflight]]), so some servers take it for a protection against forged requests."),
    "x-csrf-token": _says("A word that the page got from its own server and gives back, to prove that the request comes from that page ([[CSRF]]).", _OWN, good=True),
    "x-csrftoken": _says("A word that the page got from its own server and gives back, to prove that the request comes from that page ([[CSRF]]). Django's way.", _OWN, good=True),
    "x-xsrf-token": _says("A word out of a cookie, given back as a field, to prove that the request comes from the site's own page ([[CSRF]]).", _OWN, good=True),
    "x-api-key": _says("A key by which a program is let in. Whoever has it can do the same.", _OWN),
    "x-http-method-override": _says("The request means `{value}`, though its method says otherwise: for networks that let only GET and POST pass.", _OWN),
    "hx-request": _says("htmx asks, a library in the page: it wants a piece of the page, not all of it.", _FIELDS_OF_HTMX),
    "hx-target": _says("htmx will put the answer into the element `{value}`.", _FIELDS_OF_HTMX),
    "hx-trigger": _says("htmx: the element or event `{value}` set this off.", _FIELDS_OF_HTMX),
    "hx-current-url": _says("htmx: the browser shows the page `{value}`.", _FIELDS_OF_HTMX),
    "hx-boosted": _says("htmx: an ordinary link or form that htmx took over.", _FIELDS_OF_HTMX),
    "hx-redirect": _says("htmx is to go on to the page `{value}`.", _FIELDS_OF_HTMX),
    "hx-push-url": _says("htmx is to show `{value}` as the address.", _FIELDS_OF_HTMX),
    "content-md5": _says("A checksum (MD5) of the body; no longer in use.", rfc(7231, "B")),
    "digest": _says("A checksum of what was asked for, in an old form: `{value}`.", rfc(3230, "4.3.2")),
    "content-digest": _says("A checksum of the body as it is sent: `{value}`.", _DIGEST, header("Content-Digest")),
    "repr-digest": _says("A checksum of all of it, however little of it is sent: `{value}`.", rfc(9530, "3"), header("Repr-Digest")),
    "want-content-digest": _says("It would like a checksum of the body.", rfc(9530, "4"), header("Want-Content-Digest")),
    "want-repr-digest": _says("It would like a checksum of all of it.", rfc(9530, "4"), header("Want-Repr-Digest")),
    "signature": _says("A signature over parts of this message. It was not checked here.", rfc(9421, "4.2")),
    "signature-input": _says("Which parts of this message were signed, and how.", rfc(9421, "4.1")),
    "sourcemap": _says("Where developer tools find the program as it was written, before it was made small: `{value}`.", header("SourceMap")),
    "x-sourcemap": _says("Where developer tools find the program as it was written, by an old name: `{value}`.", header("SourceMap")),
    "service-worker": _says("This is asked for to be a service worker, a script that may answer for the site.", header("Service-Worker")),
    "service-worker-allowed": _says("The service worker may answer for everything below `{value}`.", header("Service-Worker-Allowed")),
    "service-worker-navigation-preload": _says("The browser asks the site while the service worker is still starting.", header("Service-Worker-Navigation-Preload")),
    "last-event-id": _says("The last event of a stream that came was `{value}`; go on after that.", html("server-sent-events.html#the-last-event-id-header", "HTML standard")),
    "x-robots-tag": _says("For search engines: `{value}`.", Reference("Robots meta tag", "https://developers.google.com/search/docs/crawling-indexing/robots-meta-tag")),
    "x-ua-compatible": _says("For Internet Explorer: how to show the page. Today it does nothing.", header("X-Content-Type-Options")),
    "x-dns-prefetch-control": _says("Whether the browser looks up the names in the page's links ahead: `{value}`.", header("X-DNS-Prefetch-Control")),
    "x-accel-buffering": _says("For nginx in front: whether to collect the answer before passing it on (`{value}`).", _OWN),
    "x-sendfile": _says("For the web server in front: send this file. It should have taken the field away.", _OWN, good=False),
    "sunset": Known(_sunset, (rfc(8594, "3"),)),
    "deprecation": _says("This address is out of date and should no longer be used.", rfc(9745, "2"), header("Deprecation")),
    "warning": _says("A warning of a cache's, in a form that has been given up: `{value}`.", rfc(9111, "5.5")),
    "x-ratelimit-limit": _says("So many requests may be made in a span of time: `{value}`.", _OWN),
    "x-ratelimit-remaining": Known(_rate_remaining, (_OWN,)),
    "x-ratelimit-reset": _says("When the count starts anew: `{value}`, in seconds, or as a time.", _OWN),
    "ratelimit-limit": _says("So many requests may be made in a span of time: `{value}`.", _OWN),
    "ratelimit-remaining": Known(_rate_remaining, (_OWN,)),
    "ratelimit-reset": _age_of("In {time} the count starts anew.", _OWN),
    "ratelimit": _says("How many requests may still be made: `{value}`.", _OWN),
    "ratelimit-policy": _says("How many requests may be made in which span of time: `{value}`.", _OWN),
    "no-vary-search": _says("Addresses that differ only in these parts of the query mean the same: `{value}`.", header("No-Vary-Search")),
    "speculation-rules": _says("Where the rules stand about which pages the browser may load ahead: `{value}`.", header("Speculation-Rules")),
    "supports-loading-mode": _says("The page agrees to be loaded ahead in this way: `{value}`.", header("Supports-Loading-Mode")),
    "early-data": _says("This request came ahead of the TLS handshake, and could be a copy that somebody recorded.", rfc(8470, "5.1"), header("Early-Data")),
    "idempotency-key": _says("A word by which the server can tell whether it has done this already: so that it may safely be sent twice.", header("Idempotency-Key"), good=True),
    "use-as-dictionary": _says("The browser may use this as a dictionary to unpack later answers.", rfc(9842, "2.1"), header("Use-As-Dictionary")),
    "available-dictionary": _says("The browser has a dictionary by which an answer could be packed much tighter.", rfc(9842, "2.2"), header("Available-Dictionary")),
    "dictionary-id": _says("The name of the dictionary that the browser has: `{value}`.", rfc(9842, "2.3"), header("Dictionary-ID")),
    "p3p": _says("A statement on privacy in a form that no browser reads any more.", _OWN),
    "expect-ct": _says("Demanded public logs for certificates; browsers now demand them by themselves.", rfc(9163, "2.1"), header("Expect-CT")),
    "public-key-pins": _says("Pinned the site's keys; given up, since it locked sites out of themselves.", rfc(7469, "2.1")),
    "ping-from": _says("Somebody followed a link with a `ping` attribute: on the page `{value}`.", html("links.html#hyperlink-auditing", "HTML standard")),
    "ping-to": _says("Somebody followed a link with a `ping` attribute: to `{value}`.", html("links.html#hyperlink-auditing", "HTML standard")),
    "soapaction": _says("What a SOAP web service is asked to do: `{value}`.", w3c("2000/NOTE-SOAP-20000508", "SOAP 1.1")),
    "proxy-status": _says("What a proxy on the way says of how it went: `{value}`.", rfc(9209, "2")),
    "attribution-reporting-eligible": _says("The answer may set up how advertisements are measured.", header("Attribution-Reporting-Eligible")),
    "sec-browsing-topics": _says("Topics that Chrome believes to interest the person: `{value}`.", header("Permissions-Policy")),
    "x-client-data": _says("Chrome tells Google's sites which experiments it takes part in.", _OWN),
    "observe-browsing-topics": _says("The site asks Chrome to note what this visit says of the person's interests.", header("Observe-Browsing-Topics")),
    "set-login": _says("Tells the browser whether somebody is logged in here: `{value}`.", header("Set-Login")),
}  # fmt: skip
