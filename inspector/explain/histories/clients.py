"""Exchanges sorted by who asked: each client has cookies and a cache of its own.

Two are taken for one if address and program are the same. Two windows of one browser, one of them private, look alike from here.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from inspector.exchange.model import Exchange
from inspector.explain.case import Case


class Client(NamedTuple):
    """A program on a computer: its address without the port, and its name for itself."""

    address: str
    agent: str

    @property
    def words(self) -> str:
        return f"{self.agent or 'a program without a name'} on {self.address or 'an unknown address'}"


def client_of(exchange: Exchange) -> Client:
    return Client(exchange.client.rpartition(":")[0], exchange.agent)


def clients_of(cases: Iterable[Case]) -> dict[Client, tuple[Case, ...]]:
    """The cases of each client, oldest first; the clients in the order in which they appeared."""
    found: dict[Client, list[Case]] = {}
    for case in sorted(cases, key=lambda each: (each.exchange.started, each.exchange.id)):
        found.setdefault(client_of(case.exchange), []).append(case)
    return {client: tuple(each) for client, each in found.items()}
