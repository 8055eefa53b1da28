"""Why a client ends a handshake, as one table: a title, the sentence, the cure, and whether it helps to leave the host encrypted."""

from __future__ import annotations

from typing import NamedTuple


class Row(NamedTuple):
    """One cause: a title, the sentence (`{who}`, `{host}` and `{detail}` are filled in), what to do, and whether it helps to leave the host encrypted.

    Where `trusting` is true, what to do is to trust the authority, which each program does in its own way.
    """

    title: str
    sentence: str
    cure: str = ""
    leave: bool = False
    trusting: bool = False


CAUSES: dict[str, Row] = {
    "untrusted": Row(
        "It does not trust Inspector's authority",
        "{who} did not believe the stand-in certificate for {host}: it does not know the authority that signed it.",
        leave=True,
        trusting=True,
    ),
    "pinned": Row(
        "It accepts only the site's own certificate",
        "{who} believes Inspector's authority, and still refused the stand-in for {host}: it seems to know which certificate or key this site must "
        "have (pinning), and a stand-in has another one.",
        "No proxy can open such a connection while the program insists. Leave {host} encrypted, so that the program works again; "
        "or switch pinning off in a debug build, if the program is your own.",
        leave=True,
    ),
    "clock": Row(
        "Its clock is wrong",
        "{who} holds the stand-in for {host} to be out of date, and it is not: {detail}.",
        "Set the clock of the computer or phone that connected right, with its date and time zone. If its clock is right, this computer's is wrong.",
    ),
    "authority-expired": Row(
        "Inspector's authority has expired",
        "{who} refused the stand-in for {host}, and rightly: {detail}.",
        "Make the next authority: `inspector ca renew`, then `inspector ca trust`.",
    ),
    "old-version": Row(
        "It speaks only old versions of TLS",
        "{who} offered {detail}, and Inspector speaks TLS 1.2 and 1.3 only: the older ones were retired in 2021 (RFC 8996).",
        "Update the program or the library that it speaks TLS with. Where that cannot be, leave {host} encrypted.",
        leave=True,
    ),
    "no-common-cipher": Row(
        "There is no cipher suite that both sides speak",
        "{who} offered nothing for {host} that Inspector would use: {detail}.",
        "Update the program, or take away its own list of ciphers, curves or signatures. Where that cannot be, leave {host} encrypted.",
        leave=True,
    ),
    "alpn": Row(
        "It wants to speak another protocol inside",
        "{who} offered only {detail} inside TLS (ALPN) for {host}, and Inspector does not speak that yet.",
        "Let the program speak HTTP/1.1 as well (for curl: `--http1.1`), or leave {host} encrypted: gRPC and others speak nothing else.",
        leave=True,
    ),
    "tls-at-the-door": Row(
        "It speaks TLS to the proxy itself",
        "Whoever connected began with TLS, but the proxy's own port speaks plain HTTP: it was given the proxy as https:// instead of http://.",
        "Write the proxy's address with http:// everywhere, also in `https_proxy`: `https_proxy=http://127.0.0.1:8080`. That variable says for which "
        "addresses the proxy is, not how the proxy is spoken to. In a browser's settings, take the field for an HTTP proxy, not one for HTTPS or SOCKS.",
    ),
    "not-tls": Row(
        "What it sent is not TLS",
        "{who} asked for a tunnel to {host} and then sent something that only begins like TLS: {detail}.",
        "If it is a protocol of its own, leave {host} encrypted: its bytes then pass as they are. If it should be TLS, something between it and Inspector damages it.",
        leave=True,
    ),
    "closed": Row(
        "It went away by itself",
        "{who} left before anything went wrong: a closed tab, a click on Stop, a connection made in advance, or a probe that only looks whether somebody answers.",
        "Nothing, if everything works. If a page stays empty, look at the other connections for {host}.",
    ),
    "too-slow": Row(
        "It stopped in the middle",
        "{who} did not go on with the handshake for {host} in the time allowed ({detail}).",
        "A program that waits for a person does this (a question about the certificate), and so does a bad network. The limit is a setting: `--tls-timeout`.",
    ),
    "client-certificate": Row(
        "The site wants a certificate from the client",
        "{host} asks whoever connects for a certificate of their own (mutual TLS). Your program may have one, but it cannot show it through a proxy: its "
        "private key never leaves it.",
        "Give Inspector the certificate and its key: `inspector run --client-cert {host}=FILE`. Or leave {host} encrypted.",
        leave=True,
    ),
    "name-constraint": Row(
        "The practice authority may not vouch for this name",
        "{who} refused the stand-in for {host}: {detail}.",
        "Make an authority that may vouch for this host too: `inspector ca new --only …,{host}`. Or leave {host} encrypted.",
        leave=True,
    ),
    "ours": Row(
        "Inspector could not play its part",
        "Inspector itself ended the handshake for {host}: {detail}.",
        "The sentence above is what to look for; `inspector doctor` looks at the authority and its files.",
        leave=True,
    ),
    "unknown": Row(
        "The reason cannot be told from here",
        "{who} ended the handshake for {host}{detail}.",
        "Look what the program itself says: its own message nearly always names the reason. To make it work meanwhile, leave {host} encrypted.",
        leave=True,
    ),
}
