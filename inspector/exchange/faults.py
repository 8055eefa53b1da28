"""What can go wrong between browser, Inspector and site, as one table: code, sentence, cure.

Malformed bytes have their own table, `wire.rules.RULES`, with the RFC's words. `look_up` knows both.
`{host}`, `{port}` and `{detail}` are filled in by `say`; nothing else is.
"""

from __future__ import annotations

from typing import NamedTuple

from inspector.wire.rules import RULES


class Explanation(NamedTuple):
    """One row: the sentence for the page, what to do about it, the status Inspector answers with (0: it closes)."""

    sentence: str
    cure: str
    status: int
    rfc: str = ""
    quote: str = ""


FAULTS: dict[str, Explanation] = {
    # name and connection
    "dns-unknown": Explanation(
        "There is no address for the name {host}.",
        "Check the spelling. If other names work, the site may be gone, or known only inside another network.",
        502,
    ),
    "dns-failed": Explanation(
        "The name {host} could not be looked up: {detail}.",
        "The computer's name service did not answer. Check the network connection, then try again.",
        502,
    ),
    "connect-refused": Explanation(
        "{host} refused the connection on port {port}: the computer is there, but no program listens on that port.",
        "Start the server, or check the port number in the address.",
        502,
    ),
    "connect-timeout": Explanation(
        "{host} did not answer on port {port} within the time allowed ({detail}).",
        "It may be switched off, behind a firewall, or in a network that cannot be reached from here.",
        504,
    ),
    "connect-unreachable": Explanation(
        "There is no way from this computer to {host}: {detail}.",
        "Check the network connection. An IPv6-only site cannot be reached from an IPv4-only network.",
        502,
    ),
    "connect-failed": Explanation(
        "The connection to {host} on port {port} failed: {detail}.",
        "Try again; if it stays, the reason in the sentence above is what to look for.",
        502,
    ),
    "upstream-proxy": Explanation(
        "The upstream proxy would not make the connection to {host}: {detail}.",
        "Check the address and the log-in of the proxy given with --upstream-proxy, or in the system's settings.",
        502,
    ),
    # TLS
    "tls-untrusted": Explanation(
        "The certificate of {host} could not be verified: {detail}.",
        "If this is your own test server, give its authority with --upstream-ca FILE.",
        502,
    ),
    "tls-version": Explanation(
        "{host} and Inspector found no version of TLS that both speak: {detail}.",
        "Most likely the site only speaks TLS 1.0 or 1.1, which browsers have refused since 2020. Its operator must mend that; for an "
        "old device of your own, look for newer firmware, or reach it over http:// in a network that you trust.",
        502,
    ),
    "tls-client-certificate-wanted": Explanation(
        "{host} asks its visitors for a certificate of their own, got none, and {detail}.",
        "If you have one for this site, start Inspector with --client-cert HOST=FILE (a .p12 file, or PEM with its key). Its operator says where to get one.",
        502,
    ),
    "tls-client-certificate-refused": Explanation(
        "{host} asked for a certificate, was shown {detail}.",
        "Is it still valid, is it the right one, and was it made by an authority that this site accepts? Its operator knows.",
        502,
    ),
    "tls-server-alert": Explanation(
        "{host} ended the TLS handshake with the alert {detail}.",
        "The site refused what it was offered: see the alert's name for what it missed.",
        502,
    ),
    "tls-server-failed": Explanation(
        "The TLS handshake with {host} failed: {detail}.",
        "Does the site speak HTTPS on this port? Try http:// instead if it is your own.",
        502,
    ),
    "tls-client-alert": Explanation(
        "The program that connected ended the TLS handshake for {host} with the alert {detail}.",
        "Most often it does not trust Inspector's authority yet: give it the CA file, or start it with `inspector browse`.",
        0,
    ),
    "tls-client-failed": Explanation(
        "The TLS handshake with the program that connected failed, for {host}: {detail}.",
        "It offered nothing that Inspector speaks (TLS 1.2 or newer), or what it sent was not TLS.",
        0,
    ),
    "tls-client-closed": Explanation(
        "The program that connected closed the connection in the middle of the TLS handshake for {host}.",
        "A browser does this when it does not accept the certificate, or when a tab was closed.",
        0,
    ),
    "tls-client-left": Explanation(
        "The program that connected left right after the TLS handshake for {host}, without asking for anything.",
        "Most often it does not trust Inspector's authority yet (wget, for one, looks at the certificate only then): give it "
        "the CA file. A browser that only prepared a connection may do this too.",
        0,
    ),
    "lab-not-ready": Explanation(
        "The practice site {host} cannot be opened over HTTPS yet: {detail}.",
        "The practice sites may still be starting: try again in a moment. If it stays, `inspector status` says how they are.",
        503,
    ),
    # the exchange
    "server-closed-early": Explanation(
        "{host} closed the connection before its answer was complete ({detail}).",
        "The server crashed, was restarted, or gave up. Its log says why.",
        502,
    ),
    "server-no-response": Explanation(
        "{host} closed the connection without answering.",
        "The server crashed or refused the request without a word. Its log says why.",
        502,
    ),
    "server-timeout": Explanation(
        "{host} did not answer within the time allowed ({detail}).",
        "The server is still working or hangs. The limit is a setting: --response-timeout.",
        504,
    ),
    "client-closed-early": Explanation(
        "The browser closed the connection before the exchange was complete ({detail}).",
        "A closed tab, a click on Stop, or a program's own time limit.",
        0,
    ),
    "client-timeout": Explanation(
        "The request did not arrive whole within the time allowed ({detail}).",
        "The program that connected stopped sending in the middle.",
        408,
    ),
    "inspector-stopped": Explanation(
        "Inspector was stopped, or stopped by itself, while this exchange was on its way.",
        "Repeat the request.",
        0,
    ),
    "head-cut-short": Explanation(
        "The connection was closed in the middle of the request's head ({detail}).",
        "The program that connected gave up, or forgot the empty line that ends a head.",
        400,
        "RFC 9112 §8",
    ),
    "upgrade-unasked": Explanation(
        "{host} changed to another protocol than the one that was asked for ({detail}).",
        "Only what the request's Upgrade field names may be switched to. Look at the server's WebSocket set-up.",
        502,
        "RFC 9110 §15.2.2",
    ),
    # refused by Inspector
    "refused-self": Explanation(
        "Inspector does not forward to itself: {host}, port {port}, is this proxy or its dashboard.",
        "Open the dashboard without the proxy, at the address that Inspector printed when it started.",
        403,
    ),
    "refused-credentials": Explanation(
        "This proxy asks who you are, and the request did not say so rightly.",
        "Give the proxy user name and password that were set with --proxy-auth.",
        407,
    ),
    "refused-target": Explanation(
        "The address in the request cannot be forwarded: {detail}.",
        "A proxy is asked for http:// and ws:// addresses, and by CONNECT for a host with a port.",
        400,
    ),
    "refused-limit": Explanation(
        "A limit of Inspector was reached: {detail}.",
        "Close some connections, or raise the limit in the settings.",
        503,
    ),
    "rule-refused": Explanation(
        "A rule of yours ended the connection here, without an answer.",
        "Turn the rule off, or let it answer with a status.",
        0,
    ),
    "held-dropped": Explanation(
        "This was waiting for you at a breakpoint, and you dropped it: the connection ended here.",
        "Repeat the request, and let it go on.",
        0,
    ),
    "held-stopped": Explanation(
        "This was waiting for you at a breakpoint when Inspector was stopped, so it went no further.",
        "Load the page again.",
        0,
    ),
    "hook-dropped": Explanation(
        "A hook of yours dropped this: the connection ended here, without an answer.",
        "Change the hook, or start Inspector without it.",
        0,
    ),
    "message-unreadable": Explanation(
        "Messages of this WebSocket were to wait for a hook of yours, and could not be read: {detail}.",
        "Let the hook leave this address out, and the messages pass unread.",
        0,
    ),
    "rule-broke-off": Explanation(
        "A rule of yours broke the answer off {detail} of its body.",
        "Turn the rule off to get the whole.",
        0,
    ),
    "rule-file": Explanation(
        "A rule of yours answers with a file, and that could not be read: {detail}",
        "Check the path in the rule; it is told from the folder in which Inspector was started.",
        502,
    ),
    "import-failed": Explanation(
        "There was no answer. The file that this was imported from says: {detail}.",
        "Whoever made the file knows more: it was not seen from here.",
        0,
    ),
    "internal": Explanation(
        "Inspector itself made a mistake here: {detail}.",
        "The exchange is kept. Please report it with what the terminal says.",
        502,
    ),
}


def look_up(code: str) -> Explanation:
    """The row for a fault's code, from either table; unknown codes (from a newer version) say themselves."""
    row = FAULTS.get(code)
    if row is not None:
        return row
    rule = RULES.get(code)
    if rule is not None:
        return Explanation(rule.sentence, rule.cure, rule.status, rule.rfc, rule.quote)
    return Explanation(f"Something went wrong: {code}.", "", 502)


def say(code: str, *, host: str = "", port: int = 0, detail: str = "") -> str:
    """The sentence for a fault, its blanks filled in."""
    sentence = look_up(code).sentence
    for blank, value in (("{host}", host), ("{port}", str(port)), ("{detail}", detail)):
        sentence = sentence.replace(blank, value)
    return sentence
