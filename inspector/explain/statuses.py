"""Status codes: what each says, and what it asks of whoever sent the request. One table.

`plain` completes "The site answered ...: " for somebody who is new to this; `asks` is what the browser does next, empty where it just shows
or uses the answer.
"""

from __future__ import annotations

from typing import NamedTuple

from inspector.explain.references import Reference, rfc
from inspector.explain.references import status as mdn_status


class Status(NamedTuple):
    """One code. `where` is RFC number and section."""

    phrase: str
    plain: str
    asks: str = ""
    where: tuple[int, str] = (9110, "15")


CLASSES = {
    1: "it is not the answer yet, only a word on the way",
    2: "it worked",
    3: "there is more to do before this is done: look elsewhere, or in the cache",
    4: "the request is at fault, says the server",
    5: "the server is at fault, says the server itself",
}

STATUSES: dict[int, Status] = {
    100: Status("Continue", "go on, send the body", "It sends the body that it held back.", (9110, "15.2.1")),
    101: Status("Switching Protocols", "from here on, this connection speaks the other protocol that was asked for", "It stops speaking HTTP on this connection.", (9110, "15.2.2")),
    102: Status("Processing", "the work has begun and will take a while", "It goes on waiting.", (2518, "10.1")),
    103: Status("Early Hints", "here is what the page will need, while the answer itself is still being made", "It may fetch what the Link fields name already.", (8297, "2")),
    200: Status("OK", "here is what was asked for", where=(9110, "15.3.1")),
    201: Status("Created", "something new was made; Location says where, or else it has the address that was asked", where=(9110, "15.3.2")),
    202: Status("Accepted", "the request was taken and will be worked on later; how it ends is not known yet", where=(9110, "15.3.3")),
    203: Status("Non-Authoritative Information", "it worked, but a proxy on the way changed the answer", where=(9110, "15.3.4")),
    204: Status("No Content", "it worked, and there is nothing to show", "It stays on the page it is on.", (9110, "15.3.5")),
    205: Status("Reset Content", "it worked; please empty the form", "The standard asks it to clear the form; browsers treat it like 204.", (9110, "15.3.6")),
    206: Status("Partial Content", "here is the part that was asked for", "It puts the part together with those it has.", (9110, "15.3.7")),
    207: Status("Multi-Status", "several things were done; the body says how each of them went", where=(4918, "11.1")),
    208: Status("Already Reported", "inside a 207: this was listed before", where=(5842, "7.1")),
    226: Status("IM Used", "here is only what changed since the copy you have", where=(3229, "10.4.1")),
    300: Status("Multiple Choices", "there are several versions; choose one", where=(9110, "15.4.1")),
    301: Status("Moved Permanently", "this has moved for good", "It asks for the address in Location at once, may remember that for long, and makes a GET of a POST.", (9110, "15.4.2")),
    302: Status("Found", "for now, look over there", "It asks for the address in Location at once, and makes a GET of a POST.", (9110, "15.4.3")),
    303: Status("See Other", "that was done; look at the result over there", "It asks for the address in Location at once, with GET whatever this was (only a HEAD stays one).", (9110, "15.4.4")),
    304: Status("Not Modified", "your copy is still good, so nothing is sent again", "It uses the copy that it kept.", (9110, "15.4.5")),
    305: Status("Use Proxy", "an old way to order a proxy, no longer obeyed by anyone", where=(9110, "15.4.6")),
    306: Status("(Unused)", "a number that is reserved and has no meaning", where=(9110, "15.4.7")),
    307: Status("Temporary Redirect", "for now, look over there, with the same method and body", "It sends the same request again to the address in Location.", (9110, "15.4.8")),
    308: Status("Permanent Redirect", "this has moved for good; ask there with the same method and body", "It sends the same request again to the address in Location, and may remember that for long.", (9110, "15.4.9")),
    400: Status("Bad Request", "the request could not be understood", where=(9110, "15.5.1")),
    401: Status("Unauthorized", "say who you are first", "It may ask for a name and password, as WWW-Authenticate says, and send the request again.", (9110, "15.5.2")),
    402: Status("Payment Required", "reserved for payment; some services use it when a limit is used up", where=(9110, "15.5.3")),
    403: Status("Forbidden", "the request was understood and is refused, whoever asks or for want of rights", where=(9110, "15.5.4")),
    404: Status("Not Found", "there is nothing at this address, or nothing that the server wants to admit", where=(9110, "15.5.5")),
    405: Status("Method Not Allowed", "this address doesn't take that method; Allow lists those it takes", where=(9110, "15.5.6")),
    406: Status("Not Acceptable", "there is no version that fits what the Accept fields ask for", where=(9110, "15.5.7")),
    407: Status("Proxy Authentication Required", "the proxy wants to know who you are first", "It may ask for the proxy's name and password, and send the request again.", (9110, "15.5.8")),
    408: Status("Request Timeout", "the request did not come in time", "It may send it again on a new connection.", (9110, "15.5.9")),
    409: Status("Conflict", "the request doesn't fit the present state of things, such as an edit of an old version", where=(9110, "15.5.10")),
    410: Status("Gone", "this was here once, and is gone for good", where=(9110, "15.5.11")),
    411: Status("Length Required", "say how long the body is (Content-Length)", where=(9110, "15.5.12")),
    412: Status("Precondition Failed", "the condition that the request made (If-Match and the like) is not met, so nothing was done", where=(9110, "15.5.13")),
    413: Status("Content Too Large", "the body is larger than the server takes", where=(9110, "15.5.14")),
    414: Status("URI Too Long", "the address is longer than the server takes", where=(9110, "15.5.15")),
    415: Status("Unsupported Media Type", "the server doesn't take bodies of this type or coding", where=(9110, "15.5.16")),
    416: Status("Range Not Satisfiable", "the part that was asked for does not exist", where=(9110, "15.5.17")),
    417: Status("Expectation Failed", "what Expect asks for can't be done", where=(9110, "15.5.18")),
    418: Status("(Unused)", "a joke of 1998 (“I'm a teapot”) that is kept free for ever", where=(9110, "15.5.19")),
    421: Status("Misdirected Request", "this server doesn't answer for that name; it seems that a connection was shared wrongly", "It sends the request again on a connection of its own.", (9110, "15.5.20")),
    422: Status("Unprocessable Content", "the body was understood, but what it says can't be done (a field missing, a value out of range)", where=(9110, "15.5.21")),
    423: Status("Locked", "somebody else has locked this", where=(4918, "11.3")),
    424: Status("Failed Dependency", "it failed because something before it failed", where=(4918, "11.4")),
    425: Status("Too Early", "this came ahead of the TLS handshake and could be a replay; send it again", "It sends the request again after the handshake.", (8470, "5.2")),
    426: Status("Upgrade Required", "speak another protocol, the one that Upgrade names", where=(9110, "15.5.22")),
    428: Status("Precondition Required", "make the request conditional (If-Match), so that nobody's work is overwritten", where=(6585, "3")),
    429: Status("Too Many Requests", "too many requests in too short a time", "A program should wait as long as Retry-After says.", (6585, "4")),
    431: Status("Request Header Fields Too Large", "the header fields are larger than the server takes; often the cookies are", where=(6585, "5")),
    451: Status("Unavailable For Legal Reasons", "a law or a court forbids to show this", where=(7725, "3")),
    500: Status("Internal Server Error", "something broke inside the server, often an exception in its code; its log says what", where=(9110, "15.6.1")),
    501: Status("Not Implemented", "the server doesn't know this method at all", where=(9110, "15.6.2")),
    502: Status("Bad Gateway", "a server in front asked another one behind it, and got no valid answer", where=(9110, "15.6.3")),
    503: Status("Service Unavailable", "the server can't do this now: overloaded, or under maintenance", "A program should wait as long as Retry-After says.", (9110, "15.6.4")),
    504: Status("Gateway Timeout", "a server in front asked another one behind it, and got no answer in time", where=(9110, "15.6.5")),
    505: Status("HTTP Version Not Supported", "the server doesn't speak this version of HTTP", where=(9110, "15.6.6")),
    506: Status("Variant Also Negotiates", "the server is set up so that its versions point at each other", where=(2295, "8.1")),
    507: Status("Insufficient Storage", "the server has no room left for this", where=(4918, "11.5")),
    508: Status("Loop Detected", "the server went round in a circle", where=(5842, "7.2")),
    510: Status("Not Extended", "the request needs an extension that it doesn't have; obsolete", where=(2774, "7")),
    511: Status("Network Authentication Required", "the network itself wants a log-in first, as in a hotel", where=(6585, "6")),
}  # fmt: skip

# codes that are registered nowhere and often met
OTHERS = {
    419: "not registered; Laravel sends it when a form's CSRF token has expired",
    440: "not registered; Microsoft's servers send it when a log-in has expired",
    444: "not registered; nginx writes it to its log when it closes a connection without answering",
    499: "not registered; nginx writes it to its log when the client has left before the answer",
    520: "not registered; Cloudflare sends it when the server behind it answered with something it can't use",
    521: "not registered; Cloudflare sends it when the server behind it refuses the connection",
    522: "not registered; Cloudflare sends it when the server behind it doesn't accept the connection in time",
    523: "not registered; Cloudflare sends it when there is no way to the server behind it",
    524: "not registered; Cloudflare sends it when the server behind it takes too long to answer",
    525: "not registered; Cloudflare sends it when the TLS handshake with the server behind it fails",
    526: "not registered; Cloudflare sends it when the certificate of the server behind it is not valid",
    530: "not registered; Cloudflare sends it together with an error number of its own",
}

REDIRECTS = frozenset({301, 302, 303, 307, 308})


def look_up(code: int) -> Status:
    """The row for a code; one that is not registered is treated like the first of its class (RFC 9110 §15)."""
    row = STATUSES.get(code)
    if row is not None:
        return row
    if code in OTHERS:
        return Status("", OTHERS[code])
    family = CLASSES.get(code // 100)
    if family is None:
        return Status("", "a number outside of what a status can be")
    return Status(
        "", f"a number that is not registered; all from {code // 100}00 to {code // 100}99 mean that {family}"
    )


def references(code: int) -> tuple[Reference, ...]:
    row = look_up(code)
    found = (rfc(*row.where),)
    return (*found, mdn_status(code)) if code in STATUSES and code not in (305, 306) else found
