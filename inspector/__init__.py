"""Inspector: an HTTP/HTTPS learning proxy. Every exchange is captured, kept and explained.

What a Flask app imports from here is the extension that shows the app's own half of an exchange: `from inspector import Inspector` (see `bridge`).
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from inspector.bridge import Inspector as Inspector

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """The extension, loaded when it is asked for: everything else here does without."""
    if name != "Inspector":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from inspector.bridge import Inspector  # noqa: PLC0415

    return Inspector
