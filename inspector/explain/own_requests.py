"""Hosts that browsers and systems ask by themselves, while nobody opens a page: for updates, settings, lists of bad sites, the time.

A refusal there is no page that failed. Names of the makers' own services only; what a site may also use (fonts, analytics) is not among them.
"""

from __future__ import annotations

_WHOSE = {
    "services.mozilla.com": "Firefox", "mozilla.net": "Firefox", "firefox.com": "Firefox", "mozilla.org": "Firefox", "mozgcp.net": "Firefox",
    "update.googleapis.com": "Chrome", "clients1.google.com": "Chrome", "clients2.google.com": "Chrome", "clients4.google.com": "Chrome",
    "clientservices.googleapis.com": "Chrome", "safebrowsing.googleapis.com": "Chrome", "optimizationguide-pa.googleapis.com": "Chrome",
    "content-autofill.googleapis.com": "Chrome", "redirector.gvt1.com": "Chrome", "gvt1.com": "Chrome", "accounts.google.com": "Chrome",
    "mtalk.google.com": "Chrome", "android.clients.google.com": "Android", "connectivitycheck.gstatic.com": "Chrome and Android",
    "edge.microsoft.com": "Edge", "msedge.api.cdp.microsoft.com": "Edge", "config.edge.skype.com": "Edge", "smartscreen.microsoft.com": "Windows",
    "windowsupdate.com": "Windows", "update.microsoft.com": "Windows", "settings-win.data.microsoft.com": "Windows",
    "login.live.com": "Windows", "push.apple.com": "Apple's systems", "icloud.com": "Apple's systems", "itunes.apple.com": "Apple's systems",
    "gateway.icloud.com": "Apple's systems", "gdmf.apple.com": "Apple's systems", "xp.apple.com": "Apple's systems",
    "brave.com": "Brave", "vivaldi.com": "Vivaldi",
}  # fmt: skip
_BY_A_PERSON_TOO = frozenset(
    {
        "accounts.google.com",
        "icloud.com",
        "mozilla.org",
        "firefox.com",
        "brave.com",
        "vivaldi.com",
        "login.live.com",
    }
)


def whose(host: str) -> str:
    """Whose own service the host is, `Firefox`; empty for any other, and for those that people open as pages too."""
    name = host.lower().rstrip(".")
    if name in _BY_A_PERSON_TOO or name.startswith("www."):
        return ""
    while name:
        if name in _WHOSE:
            return _WHOSE[name]
        name = name.partition(".")[2]
    return ""
