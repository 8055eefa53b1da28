"""Does somebody else open HTTPS between Inspector and the sites: an antivirus program, a company's gateway, another debugging proxy? And is a VPN up?

Known by the names in the certificates that "sites" sent. No site is asked for that: what was captured of late is looked at.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from contextlib import suppress

from inspector.app.doctor.case import Case, Seen
from inspector.explain.findings import Finding
from inspector.pki.describe import describe

KNOWN = {  # in the issuer's name, in small letters
    "kaspersky": "Kaspersky (antivirus)", "eset ssl filter": "ESET (antivirus)", "avast": "Avast (antivirus)", "avg web": "AVG (antivirus)",
    "bitdefender": "Bitdefender (antivirus)", "dr.web": "Dr.Web (antivirus)", "norton web": "Norton (antivirus)", "mcafee": "McAfee",
    "adguard": "AdGuard", "sophos": "Sophos (gateway)", "zscaler": "Zscaler (gateway)", "netskope": "Netskope (gateway)", "goskope": "Netskope (gateway)",
    "fortinet": "Fortinet (gateway)", "fortigate": "Fortinet (gateway)", "palo alto": "Palo Alto (gateway)", "blue coat": "Blue Coat (gateway)",
    "symantec web": "Symantec (gateway)", "cisco umbrella": "Cisco Umbrella (gateway)", "forcepoint": "Forcepoint (gateway)", "websense": "Forcepoint (gateway)",
    "check point": "Check Point (gateway)", "barracuda": "Barracuda (gateway)", "watchguard": "WatchGuard (gateway)", "smoothwall": "Smoothwall (gateway)",
    "lightspeed": "Lightspeed (school filter)", "securly": "Securly (school filter)", "linewize": "Linewize (school filter)", "iboss": "iboss (gateway)",
    "cato networks": "Cato Networks (gateway)", "menlo": "Menlo (gateway)", "cloudflare for teams": "Cloudflare Zero Trust", "gateway ca - cloudflare": "Cloudflare Zero Trust",
    "mitmproxy": "mitmproxy", "charles proxy": "Charles", "do_not_trust": "Fiddler", "fiddler": "Fiddler", "portswigger": "Burp", "owasp": "ZAP",
    "http toolkit": "HTTP Toolkit", "proxyman": "Proxyman", "squid": "a Squid proxy", "superfish": "Superfish (harmful)", "privdog": "PrivDog (harmful)",
    "covenant eyes": "Covenant Eyes", "net nanny": "Net Nanny", "qustodio": "Qustodio",
}  # fmt: skip
_VPN = re.compile(
    r"(tun|tap|wg|ppp|utun|ipsec|nordlynx|proton|mullvad|tailscale|zt|cscotun|gpd|CloudflareWARP|wgcf)\w*\d*$",
    re.IGNORECASE,
)
_QUIET = ("utun0", "utun1", "utun2", "utun3")  # macOS has these without any VPN
TITLE = "Nobody else opens HTTPS on the way"


def check(case: Case) -> Iterator[Finding]:
    met = {seen.exchange.host: _issuer(seen) for seen in case.seen}
    found = {host: product for host, issuer in met.items() if (product := _product(issuer))}
    if found:
        hosts = ", ".join(list(found)[:5])
        products = " and ".join(dict.fromkeys(found.values()))
        sentence = f"{products} opens HTTPS before Inspector does: the certificates that came for {hosts} were made by it, not by the sites' own authorities."
        cure = (
            "What you see as “the site's own certificate” is then that program's. If sites are refused for it, give Inspector its authority: "
            "`inspector run --upstream-ca FILE`; or switch its HTTPS scanning off."
        )
        evidence = tuple(f"{host}: issued by {met[host]}" for host in list(found)[:5])
        yield Finding("interceptors", "sites", TITLE, "caution", sentence, cure, evidence)
    elif any(met.values()):
        sentence = f"None of the {sum(bool(each) for each in met.values())} sites seen of late sent a certificate that such programs make."
        yield Finding("interceptors", "sites", TITLE, "good", sentence)
    else:
        yield Finding(
            "interceptors",
            "sites",
            TITLE,
            "open",
            "No certificate of a site was seen of late, so that cannot be told.",
        )
    vpn = _interfaces()
    if vpn:
        sentence = "A VPN seems to be on. Inspector's connections to the sites go through it, as everybody's; a browser's own VPN extension goes past Inspector."
        cure = "If a browser's requests are missing: switch its VPN extension off, or open a captured window, which has no extensions."
        yield Finding(
            "vpn",
            "sites",
            "No VPN is in the way",
            "open",
            sentence,
            cure,
            (f"network interfaces: {', '.join(vpn[:6])}",),
        )


def _issuer(seen: Seen) -> str:
    tls = seen.server.tls if seen.server is not None else None
    local = any(decision.code == "local-site" for decision in seen.exchange.decisions)
    if tls is None or not tls.chain or local:
        return ""
    return describe(tls.chain[0]).issuer_rfc4514


def _product(issuer: str) -> str:
    name = issuer.lower().replace("\\,", ",")
    return next((product for sign, product in KNOWN.items() if sign in name), "")


def _interfaces() -> list[str]:
    with suppress(OSError, AttributeError):
        return [
            name
            for _, name in socket.if_nameindex()
            if _VPN.match(name) and name not in _QUIET and not name.startswith(("tunl0", "ip6tnl0"))
        ]
    return []
