"""Inspector in tests: a pytest plugin with the fixture `inspector`, a proxy of its own whose captures and answers a test can speak of.

`plugin` is what pytest loads, for every project of an environment that Inspector is in: until a test asks for the fixture, it imports
nothing but pytest. The proxy itself runs in processes of its own (`program`, started by `process`), as `inspector run` would,
on a temporary home. What a test sees is read from the store, and what it changes are rules in the settings: the same two doors that the dashboard has.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from inspector.testing.answering import Answer, Asked
    from inspector.testing.mocks import Mock
    from inspector.testing.proxy import Inspector, NotSeen
    from inspector.testing.seen import Half, Seen

__all__ = ["Answer", "Asked", "Half", "Inspector", "Mock", "NotSeen", "Seen"]

_WHERE = {
    "Answer": "answering", "Asked": "answering", "Half": "seen", "Inspector": "proxy", "Mock": "mocks", "NotSeen": "proxy", "Seen": "seen",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(name)
    return getattr(import_module(f"inspector.testing.{_WHERE[name]}"), name)
