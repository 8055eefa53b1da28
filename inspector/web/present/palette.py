"""The colours of a picture: names of the page's tokens inside a page, which follow its theme; the colours themselves in a file of its own.

The numbers are those of static/css/tokens.css, which a test holds them to.
"""

from __future__ import annotations

NAMES = (
    "page", "surface", "sunken", "ink", "muted", "edge", "rule", "request", "request-soft", "response", "response-soft", "secure",
    "secure-soft", "caution", "caution-soft", "error", "error-soft",
)  # fmt: skip

INLINE = {name.replace("-", "_"): f"var(--{name})" for name in NAMES}

_LIGHT = (
    "#faf9f6", "#ffffff", "#f0efe9", "#1b1e24", "#555b66", "#8a8f99", "#dcdad2", "#0b5cad", "#e6f0fb", "#8f2f73", "#f8e9f3", "#00684f",
    "#e2f4ee", "#8a5200", "#fbf0dc", "#b0202b", "#fce8e8",
)  # fmt: skip
_DARK = (
    "#14161a", "#1d2026", "#262a32", "#eceef2", "#a7aebb", "#6d7481", "#343944", "#7cb8ff", "#17283d", "#eba0cf", "#351f30", "#5fd0aa",
    "#12312a", "#f0b44a", "#36290f", "#ff8a85", "#3d1d1f",
)  # fmt: skip

THEMES = {
    "light": dict(zip(INLINE, _LIGHT, strict=True)),
    "dark": dict(zip(INLINE, _DARK, strict=True)),
}
