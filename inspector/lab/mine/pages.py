"""What stands in place of the learner's page when there is none: why, in the code's own words. All of it is text, shown as text."""

from __future__ import annotations

from html import escape

_STYLE = """
:root { color-scheme: light dark; --paper: #faf9f6; --ink: #1b1e24; --muted: #555b66; --sunken: #f0efe9; --error: #b0202b; }
@media (prefers-color-scheme: dark) { :root { --paper: #14161a; --ink: #eceef2; --muted: #a7aebb; --sunken: #262a32; --error: #ff8a85; } }
body { margin: 0; padding: 2rem 1rem; background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
main { max-width: 60rem; margin: auto; display: grid; gap: 1rem; }
main > * { margin: 0; min-width: 0; }
h1 { font-size: 1.75rem; line-height: 1.25; }
.what { color: var(--error); font-weight: 600; overflow-wrap: anywhere; }
.muted { color: var(--muted); }
pre { padding: 1rem; overflow-x: auto; background: var(--sunken); border-radius: 6px; font: 0.875rem/1.5 ui-monospace, monospace; }
code { font-family: ui-monospace, monospace; overflow-wrap: anywhere; }
"""
FIELDS = [
    ("Content-Type", "text/html; charset=utf-8"),
    ("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"),
    ("X-Content-Type-Options", "nosniff"),
    ("Cache-Control", "no-store"),
]  # fmt: skip
_MOST = 20_000


def not_loaded(host: str, folder: str, summary: str, trouble: str) -> bytes:
    """The app could not be loaded."""
    return _page(
        host,
        "Your site could not be started",
        summary,
        trouble,
        f"Mend it in <code>{escape(folder)}</code> and save: it is started again by itself. Then reload this page.",
    )


def ended(host: str, folder: str, words: str) -> bytes:
    """The process ended as soon as it was started."""
    return _page(
        host,
        "Your site ended by itself",
        "Its process ended again and again, right after it was started.",
        words,
        f"What it said last is above. Mend it in <code>{escape(folder)}</code> and save: it is started again by itself.",
    )


def still_loading(host: str, folder: str, where: str) -> bytes:
    """The code has been at it for long."""
    return _page(
        host,
        "Your site is still starting",
        "Its code has not come to its end yet. This is where it is now:",
        where,
        f"A server must not wait, or call app.run(), while app.py is being read. The folder: <code>{escape(folder)}</code>",
    )


def raised(host: str, path: str, summary: str, trouble: str) -> bytes:
    """A view raised something."""
    return _page(
        host,
        "Your code raised an exception",
        summary,
        trouble,
        f"It happened while <code>{escape(path)}</code> was answered; the server goes on. You see this page because the site is yours: strangers "
        "should get one that says nothing, which is what an error handler for 500 is for.",
    )


def _page(host: str, title: str, what: str, trouble: str, then: str) -> bytes:
    shown = (
        f"<pre tabindex=0 aria-label=Traceback><code>{escape(trouble[-_MOST:])}</code></pre>"
        if trouble
        else ""
    )
    return (
        f"<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width, initial-scale=1'>"
        f"<title>{escape(title)}</title><link rel=icon href='data:,'><style>{_STYLE}</style><main><p class=muted>{escape(host)}</p>"
        f"<h1>{escape(title)}</h1><p class=what>{escape(what)}</p>{shown}<p>{then}</p></main></html>"
    ).encode()
