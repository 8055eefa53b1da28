"""Which program sent a request, in a word or two: `Chrome 156`, `curl 8.5`, from its User-Agent field.

Only the program's own name for itself is used; it proves nothing (anything can say anything there).
"""

from __future__ import annotations

import re
from functools import lru_cache

# most particular first: an Edge also says Chrome and Safari, a Chrome also says Safari
_BROWSERS = (
    (re.compile(r"\bEdgA?/(\d+)"), "Edge"),
    (re.compile(r"\bOPR/(\d+)"), "Opera"),
    (re.compile(r"\bFirefox/(\d+)"), "Firefox"),
    (re.compile(r"\bFxiOS/(\d+)"), "Firefox"),
    (re.compile(r"\bHeadlessChrome/(\d+)"), "Chrome"),
    (re.compile(r"\bCriOS/(\d+)"), "Chrome"),
    (re.compile(r"\bChrome/(\d+)"), "Chrome"),
    (re.compile(r"\bVersion/(\d+)[\d.]*.*\bSafari/"), "Safari"),
)
_PRODUCT = re.compile(r"([A-Za-z0-9._+-]{1,40})(?:/(\d+(?:\.\d+)?))?")
_SPELLED = {"python-requests": "requests", "Python-urllib": "urllib", "python-httpx": "httpx", "Wget": "wget"}


@lru_cache(maxsize=512)
def agent_name(user_agent: bytes) -> str:
    """A short name for the program behind a User-Agent value; empty if there is none."""
    text = user_agent[:512].decode("latin-1").strip()
    if text.startswith("Mozilla/"):
        for pattern, name in _BROWSERS:
            found = pattern.search(text)
            if found:
                return f"{name} {found[1]}"
    found = _PRODUCT.match(text)
    if not found:
        return ""
    name = _SPELLED.get(found[1], found[1])
    return f"{name} {found[2]}" if found[2] else name
