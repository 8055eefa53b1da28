"""The words that one has to know, each in one or two plain sentences. Every term that a sentence links to stands here.

A definition may lead to other terms, and uses none that is harder than what it explains.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from inspector.explain.prose import Prose, say, term_id
from inspector.explain.references import Reference, cookies, fetch, html, mdn, rfc, w3c


@dataclass(frozen=True, slots=True)
class Term:
    """`id` is what links name; `words` as it stands in a list; `see` are ids of other terms."""

    id: str
    words: str
    definition: Prose
    see: tuple[str, ...]
    references: tuple[Reference, ...]


def _term(words: str, definition: str, see: str = "", *references: Reference, id: str = "") -> Term:
    return Term(
        id or term_id(words),
        words,
        say(definition),
        tuple(each.strip() for each in see.split(",") if each.strip()),
        references,
    )


_G = "Glossary/"

_ALL: tuple[Term, ...] = (
    # the web's parts
    _term("HTTP", "The language in which browsers and servers talk: one request, one answer, each with a few lines about it.", "request, response, https", rfc(9110), mdn("Web/HTTP/Guides/Overview", "Overview of HTTP")),
    _term("HTTPS", "HTTP inside an encrypted connection, so that nobody on the way can read or change it.", "tls, http, certificate", rfc(9110, "4.2.2"), mdn(_G + "HTTPS", "HTTPS")),
    _term("Exchange", "One request and its answer, with everything that belongs to them.", "request, response"),
    _term("Request", "What a browser or program says to a server: what it wants, and a few lines about it.", "method, header-field, response", rfc(9110, "3.4")),
    _term("Response", "What a server answers: how it went, a few lines about it, and mostly the thing itself.", "status-code, header-field, body", rfc(9110, "3.4")),
    _term("Browser", "The program with which people look at web pages.", "client, user-agent"),
    _term("Client", "Whoever asks: a browser, or any other program that sends requests.", "server, browser"),
    _term("Server", "Whoever answers: a program that waits for requests, and the computer it runs on.", "client, host"),
    _term("User agent", "The program that asks in somebody's name, such as a browser.", "browser, client", rfc(9110, "3.5"), mdn(_G + "User_agent", "User agent")),
    _term("Proxy", "Somebody in the middle: the browser asks it, and it asks the site. Inspector is one.", "reverse-proxy, tunnel, gateway", rfc(9110, "3.7"), mdn(_G + "Proxy_server", "Proxy server")),
    _term("Breakpoint", "A place where a message is kept on its way until somebody says what becomes of it. The browser meanwhile waits, as for a slow site.", "proxy, exchange"),
    _term("Reverse proxy", "A proxy that stands in front of a site. To the browser it looks like the site itself.", "proxy, gateway", rfc(9110, "3.7"), mdn(_G + "Proxy_server", "Proxy server")),
    _term("Gateway", "A server that gets its answers from another one behind it; so a reverse proxy is called in status codes.", "reverse-proxy", rfc(9110, "3.7")),
    _term("CDN", "Computers all over the world that keep copies of a site's files, so that they are near to everybody.", "shared-cache, cache", mdn(_G + "CDN", "CDN")),
    _term("Robot", "A program that visits sites by itself, such as for a search engine.", "user-agent"),
    # addresses
    _term("URL", "The address of a thing on the web: how to ask, whom, and for what.", "scheme, host, port, path, query", rfc(3986, "3"), mdn(_G + "URL", "URL")),
    _term("Scheme", "The first part of an address, up to the colon. It says how to ask: `http`, `https`.", "url, https", rfc(3986, "3.1")),
    _term("Host", "The part of an address that names the computer to ask, such as `example.com`.", "url, dns, ip-address", rfc(3986, "3.2.2")),
    _term("Port", "A number from 1 to 65535 that says which program on a computer is meant. Usual are 80 for http and 443 for https.", "tcp, host", mdn(_G + "Port", "Port")),
    _term("Path", "The part of an address that says what on a host is wanted, such as `/account`.", "url, query", rfc(3986, "3.3")),
    _term("Query", "The part of an address after the question mark: names and values, such as `?item=17`.", "url, path", rfc(3986, "3.4")),
    _term("Fragment", "The part of an address after `#`. It is for the browser alone and never sent to a server.", "url", rfc(3986, "3.5")),
    _term("Origin", "Scheme, host and port of an address together. Pages of the same origin may reach into each other; others may not.", "same-origin-policy, site, cors", html("browsers.html#origin", "HTML standard: origin"), mdn(_G + "Origin", "Origin")),
    _term("Site", "All hosts under one name that somebody registered, such as `example.com` and `shop.example.com`. Larger than an origin.", "origin, public-suffix", html("browsers.html#sites", "HTML standard: site"), mdn(_G + "Site", "Site")),
    _term("Public suffix", "A name under which strangers register theirs: `com`, `co.uk`, `github.io`. No cookie may be for one.", "site, cookie", cookies("5.7"), Reference("Public Suffix List", "https://publicsuffix.org/")),
    _term("Same-origin policy", "The browsers' rule that a script of one origin can't read what belongs to another.", "origin, cors", mdn("Web/Security/Same-origin_policy", "Same-origin policy")),
    # the network
    _term("IP address", "The number by which a computer is reached in a network, such as `192.0.2.7`.", "dns, host", mdn(_G + "IP_Address", "IP address")),
    _term("DNS", "The telephone book of the internet: it knows the number that belongs to a name.", "host, ip-address, resolver", rfc(1034), mdn(_G + "DNS", "DNS")),
    _term("Resolver", "The program that looks names up, for all others on a computer or in a network.", "dns"),
    _term("Record", "An entry in DNS. An `A` record has an IPv4 address, an `AAAA` record an IPv6 address.", "dns, ip-address", rfc(1035, "3.2"), id="dns-record"),
    _term("TCP", "The way in which two programs hold a line open on which bytes arrive whole and in order.", "connection, port, round-trip", rfc(9293), mdn(_G + "TCP", "TCP")),
    _term("Connection", "A line between two programs. Many exchanges can follow each other on the same one.", "tcp, keep-alive", rfc(9110, "3.3")),
    _term("Keep-alive", "That a connection stays open after an exchange, ready for the next one.", "connection", rfc(9112, "9.3")),
    _term("Round trip", "The time that a message takes to the other side and its answer back.", "tcp, latency", mdn(_G + "Round_Trip_Time", "Round trip time")),
    _term("Latency", "The time that passes before anything comes back, however short the message.", "round-trip", mdn(_G + "Latency", "Latency")),
    _term("Tunnel", "A connection through a proxy on which it passes all bytes on as they are. Asked for with `CONNECT`.", "proxy, tls", rfc(9110, "9.3.6"), mdn("Web/HTTP/Reference/Methods/CONNECT", "CONNECT")),
    _term("Upstream proxy", "Another proxy that Inspector itself has to go through.", "proxy"),
    # TLS
    _term("TLS", "What turns http into https: it encrypts a connection, and proves who is at the other end.", "handshake, certificate, https", rfc(8446), mdn(_G + "TLS", "TLS")),
    _term("Handshake", "The first messages of a TLS connection, in which the two sides agree on keys and the server proves who it is.", "tls, certificate, cipher-suite", rfc(8446, "2")),
    _term("Certificate", "A statement that a key belongs to a name, signed by an authority that others trust.", "certificate-authority, chain, tls", rfc(5280, "3.1"), mdn(_G + "Digital_certificate", "Digital certificate")),
    _term("Certificate authority", "Whoever signs certificates, and is believed by browsers and systems.", "certificate, trust-store", rfc(5280, "3.1"), mdn(_G + "Certificate_authority", "Certificate authority")),
    _term("Chain", "A site's certificate, that of whoever signed it, and so on up to one that is trusted.", "certificate, root", rfc(5280, "6.1"), id="chain"),
    _term("Root", "The certificate at the top of a chain. Nobody vouches for it: it is trusted because it is in a trust store.", "chain, trust-store", id="root"),
    _term("Trust store", "The list of authorities that a system or browser believes.", "certificate-authority, root"),
    _term("Stand-in certificate", "The certificate that Inspector shows a browser in the place of the site's own. It is made on this computer, by an authority of its own.", "certificate, proxy"),
    _term("Left encrypted", "Said of a connection that Inspector passes on without opening it: it sees the host's name, sizes and times, and nothing inside.", "tunnel, decrypted"),
    _term("Decrypted", "Said of a connection that Inspector opens: it has a TLS connection with the browser and another one with the site.", "left-encrypted, stand-in-certificate"),
    _term("Session resumption", "A shorter handshake between two that have met before. No certificate is sent again.", "handshake", rfc(8446, "2.2")),
    _term("Cipher suite", "Which methods of encryption the two sides of a TLS connection use.", "tls, handshake", rfc(8446, "B.4"), mdn(_G + "Cipher_suite", "Cipher suite")),
    _term("Forward secrecy", "That nobody can read today's recorded connections later on, not even with the server's private key.", "cipher-suite", mdn(_G + "Forward_secrecy", "Forward secrecy")),
    _term("SNI", "The site's name in the first message of a TLS handshake. It passes in the open, so that the server knows which certificate to show.", "handshake, tls", rfc(6066, "3"), mdn(_G + "SNI", "SNI")),
    _term("ALPN", "How the two sides of a TLS handshake agree on what they speak inside, such as `h2` or `http/1.1`.", "handshake", rfc(7301), mdn(_G + "ALPN", "ALPN")),
    _term("Certificate transparency", "Public logs of all certificates, so that none can be made in secret. Browsers demand them.", "certificate", rfc(9162), mdn("Web/Security/Certificate_Transparency", "Certificate Transparency")),
    _term("Client certificate", "A certificate by which the one who asks proves who it is. Seldom asked for on the web.", "certificate, handshake", rfc(8446, "4.3.2")),
    _term("Revocation", "That an authority withdraws a certificate before its time is over.", "certificate", rfc(5280, "3.3")),
    _term("Alert", "A short message by which one side of a TLS connection says that something is wrong, or that it ends.", "handshake", rfc(8446, "6")),
    # messages
    _term("Method", "The first word of a request: what is to be done, such as `GET` or `POST`.", "request, safe-method, idempotent", rfc(9110, "9"), mdn("Web/HTTP/Reference/Methods", "Methods")),
    _term("Safe method", "A method that asks to change nothing, such as `GET`.", "method, idempotent", rfc(9110, "9.2.1"), mdn(_G + "Safe/HTTP", "Safe")),
    _term("Idempotent", "Said of a request that may be sent twice and does no more than once.", "method, safe-method", rfc(9110, "9.2.2"), mdn(_G + "Idempotent", "Idempotent")),
    _term("Status code", "The number in an answer's first line that says how it went: 200, 404.", "response", rfc(9110, "15"), mdn("Web/HTTP/Reference/Status", "Status codes")),
    _term("Header field", "One line about a message: a name, a colon, a value.", "request, response", rfc(9110, "5"), mdn(_G + "HTTP_header", "Header")),
    _term("Trailer fields", "Fields that come after the body.", "header-field, chunked-transfer-coding", rfc(9110, "6.5")),
    _term("Body", "What a message carries: a page, a picture, a form's fields.", "request, response, media-type", rfc(9110, "6.4")),
    _term("Media type", "The name of a kind of content, such as `text/html`.", "body", rfc(9110, "8.3.1"), mdn(_G + "MIME_type", "MIME type")),
    _term("Redirect", "An answer that sends the browser on to another address.", "status-code", rfc(9110, "15.4"), mdn("Web/HTTP/Guides/Redirections", "Redirections")),
    _term("Chunked transfer coding", "A body in pieces, each with its own length before it, so that the whole length need not be known beforehand.", "body", rfc(9112, "7.1")),
    _term("Content coding", "How a body is packed to be shorter on the way, such as `gzip`.", "body", rfc(9110, "8.4.1"), mdn("Web/HTTP/Guides/Compression", "Compression")),
    _term("Content negotiation", "That one address has several versions, in languages or forms, and the request's wishes choose.", "header-field", rfc(9110, "12"), mdn("Web/HTTP/Guides/Content_negotiation", "Content negotiation")),
    _term("Hop-by-hop", "Said of fields that are for one connection only and not passed on by proxies.", "proxy, header-field", rfc(9110, "7.6.1")),
    _term("WebSocket", "A connection on which page and server can both speak at any time. It begins as an HTTP request.", "connection", rfc(6455), mdn(_G + "WebSockets", "WebSockets")),
    _term("Client hint", "A field by which a browser tells about itself or its device, some only when the site asks for it.", "user-agent", rfc(8942), mdn("Web/HTTP/Guides/Client_hints", "Client hints")),
    _term("Base64", "A way to write any bytes as letters and digits. Everybody can turn it back: it hides nothing.", "", rfc(4648, "4"), mdn(_G + "Base64", "Base64")),
    _term("Request smuggling", "An attack in which two servers disagree about where a request ends.", "proxy", rfc(9112, "11.2")),
    # caches
    _term("Cache", "A store of answers, so that they need not be fetched again.", "private-cache, shared-cache, fresh", rfc(9111), mdn("Web/HTTP/Guides/Caching", "Caching")),
    _term("Private cache", "A cache for one person: the browser's own.", "cache, shared-cache", rfc(9111, "1")),
    _term("Shared cache", "A cache for many people, such as that of a CDN.", "cache, private-cache, cdn", rfc(9111, "1")),
    _term("Fresh", "Said of a copy that may be used without asking. After that it is stale.", "cache, validator", rfc(9111, "4.2"), mdn("Web/HTTP/Guides/Caching", "Caching")),
    _term("Validator", "A mark or date by which one can ask whether a copy is still good: `ETag` or `Last-Modified`.", "etag, fresh", rfc(9110, "8.8")),
    _term("ETag", "A mark that a server gives to one version of a thing. Another version has another mark.", "validator", rfc(9110, "8.8.3"), mdn("Web/HTTP/Reference/Headers/ETag", "ETag")),
    _term("Revalidation", "Asking a server whether a copy is still good. If it is, the answer is 304, without content.", "validator, fresh", rfc(9111, "4.3")),
    # cookies and log-in
    _term("Cookie", "A small text that a site gives to a browser, and gets back with each later request.", "session, same-site", cookies("1"), mdn("Web/HTTP/Guides/Cookies", "Cookies")),
    _term("Session", "What belongs to one visit: the server knows by a cookie that requests come from the same person.", "cookie, session-fixation", mdn(_G + "Session", "Session"), id="session"),
    _term("SameSite", "An attribute of a cookie: whether it goes with requests that come from other sites' pages.", "cookie, csrf, site", cookies("5.6.7"), id="same-site"),
    _term("Session fixation", "An attack: somebody plants a session that they know, and waits until the victim logs in with it.", "session, cookie", mdn("Web/Security/Attacks/Session_fixation", "Session fixation")),
    _term("Bearer token", "A key made of text. Whoever has it is let in.", "jwt", rfc(6750)),
    _term("JWT", "A token with facts in it, signed so that nobody can change them, and readable for everybody who has it.", "bearer-token, base64", rfc(7519), mdn(_G + "JWT", "JWT")),
    _term("OAuth", "A way for somebody to let one site use their account at another, without giving it the password.", "bearer-token", rfc(6749)),
    # protection
    _term("CORS", "How a server allows pages of other origins to read its answers.", "origin, preflight, same-origin-policy", fetch("http-cors-protocol"), mdn("Web/HTTP/Guides/CORS", "CORS")),
    _term("Preflight", "A request that the browser sends ahead, to ask whether a script may send the one it wants to.", "cors", fetch("cors-preflight-fetch"), mdn(_G + "Preflight_request", "Preflight request")),
    _term("CSRF", "An attack: another site's page makes the browser send a request in the person's name, cookies and all.", "same-site, cookie", mdn(_G + "CSRF", "CSRF")),
    _term("XSS", "An attack: somebody gets a script of theirs to run in another site's page.", "content-security-policy", mdn(_G + "Cross-site_scripting", "Cross-site scripting")),
    _term("Clickjacking", "An attack: a page is laid unseen under another one, and the person's clicks land on it.", "content-security-policy", mdn(_G + "Clickjacking", "Clickjacking")),
    _term("Content security policy", "A list by which a page tells the browser what it may load and run. Everything else is blocked.", "xss, nonce", w3c("CSP3", "CSP 3"), mdn("Web/HTTP/Guides/CSP", "CSP")),
    _term("Nonce", "A word that is used just once. In a security policy it marks the scripts that the site itself put there.", "content-security-policy", mdn(_G + "Nonce", "Nonce")),
    _term("HSTS", "A site's word to the browser: come by https only, from now on.", "https", rfc(6797), mdn(_G + "HSTS", "HSTS")),
    _term("Mixed content", "Something that is loaded over http in a page that came over https. Browsers block most of it.", "https", w3c("mixed-content", "Mixed Content"), mdn("Web/Security/Mixed_content", "Mixed content")),
    _term("Cross-origin isolation", "A page apart from all other origins. Only such a page gets exact clocks and shared memory.", "origin", html("webappapis.html#concept-settings-object-cross-origin-isolated-capability", "HTML standard"), mdn("Web/API/Window/crossOriginIsolated", "crossOriginIsolated")),
    _term("Open redirect", "A page that sends browsers on to any address it is told. It helps those who want to deceive people.", "redirect", mdn("Web/Security", "Security")),
    _term("Eavesdropper", "Someone on the same network who reads along.", "https"),
    # performance
    _term("Time to first byte", "How long it takes from asking until the first byte of the answer comes.", "latency", mdn(_G + "Time_to_first_byte", "Time to first byte")),
    _term("N+1 requests", "One request for a list, and then one more for each thing in it.", "latency", id="n-plus-one"),
    _term("Waterfall", "A picture of many exchanges on one scale of time, one below the other.", "latency"),
)  # fmt: skip

TERMS: dict[str, Term] = {term.id: term for term in _ALL}

# other words for the same
ALSO: dict[str, str] = {
    "caches": "cache",
    "tls-handshake": "handshake",
    "ssl": "tls",
    "ca": "certificate-authority",
    "hop-by-hop-field": "hop-by-hop",
}


def look_up(id: str) -> Term | None:
    """The term, by its id or by another word for it."""
    return TERMS.get(ALSO.get(id, id))


@lru_cache(maxsize=1)
def in_order() -> tuple[Term, ...]:
    """All terms by the alphabet."""
    return tuple(sorted(_ALL, key=lambda term: term.words.lower()))
