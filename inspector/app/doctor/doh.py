"""Does a browser look names up by HTTPS (DoH), past this computer's own DNS? Known services in the captures, and browsers' policies."""

from __future__ import annotations

from collections.abc import Iterator

from inspector.app import browsers
from inspector.app.doctor.case import Case
from inspector.explain.findings import Finding

SERVICES = (
    "dns.google", "dns.google.com", "cloudflare-dns.com", "one.one.one.one", "mozilla.cloudflare-dns.com", "chrome.cloudflare-dns.com", "dns.quad9.net",
    "doh.opendns.com", "doh.cleanbrowsing.org", "dns.nextdns.io", "firefox.dns.nextdns.io", "dns.adguard.com", "dns.adguard-dns.com", "doh.dns.sb",
    "dns.mullvad.net", "dns.controld.com", "doh.xfinity.com", "dns0.eu", "doh.la.ahadns.net", "dns.switch.ch",
)  # fmt: skip
ADDRESSES = ("1.1.1.1", "1.0.0.1", "8.8.8.8", "8.8.4.4", "9.9.9.9", "149.112.112.112")
TITLE = "Names are looked up where one can see it"


def check(case: Case) -> Iterator[Finding]:
    hosts = sorted(
        {
            row.host
            for row in case.rows
            if _is_service(row.host) or (row.host in ADDRESSES and row.port == 443)
        }
    )
    orders = list(_orders())
    evidence = (*(f"seen in the captures: {host}" for host in hosts[:5]), *orders)
    if not evidence:
        sentence = "No program was seen to look names up by HTTPS. A browser that uses the proxy leaves that to Inspector anyway, which asks this computer's own DNS."
        yield Finding("doh", "way", TITLE, "good", sentence)
        return
    sentence = (
        "A program looks names up by HTTPS (DNS over HTTPS), past this computer's own DNS. For what goes through the proxy that changes nothing: Inspector looks those "
        "names up itself. It matters for what goes past the proxy, and where names of your own (hosts file, company network) are not found."
    )
    cure = "In Firefox: Settings, Privacy & Security, “DNS over HTTPS”, Off. In Chrome: Settings, Privacy and security, Security, “Use secure DNS”, off."
    yield Finding("doh", "way", TITLE, "open", sentence, cure, evidence)


def _is_service(host: str) -> bool:
    return host in SERVICES or host.endswith(
        (".cloudflare-gateway.com", ".dns.nextdns.io", ".cloudflare-dns.com")
    )


def _orders() -> Iterator[str]:
    system = browsers.here()
    for browser in system.installed():
        for order in system.orders(browser):
            if (order.name == "DnsOverHttpsMode" and order.value in ("secure", "automatic")) or (
                order.name == "DNSOverHTTPS" and order.value
            ):
                yield f"{browser.name}: the policy {order.name} ({order.where})"
