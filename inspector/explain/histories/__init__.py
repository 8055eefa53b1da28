"""Histories: one thing followed across exchanges. A cookie, an address in the cache, a log-in, a preflight with its request.

Each takes cases in any order and tells them oldest first. What a browser did in between, and nobody saw, is said to be so.
"""

from __future__ import annotations

from inspector.explain.histories.cache import CacheEvent, CacheHistory, Span, cache_history
from inspector.explain.histories.clients import Client, clients_of
from inspector.explain.histories.cookie import CookieEvent, CookieHistory, cookie_history, cookie_names
from inspector.explain.histories.log_in import LogIn, LogInStep, log_ins
from inspector.explain.histories.preflight import CorsStory, JudgedStep, cors_stories

__all__ = [
    "CacheEvent",
    "CacheHistory",
    "Client",
    "CookieEvent",
    "CookieHistory",
    "CorsStory",
    "JudgedStep",
    "LogIn",
    "LogInStep",
    "Span",
    "cache_history",
    "clients_of",
    "cookie_history",
    "cookie_names",
    "cors_stories",
    "log_ins",
]
