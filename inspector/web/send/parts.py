"""The pages of Send, put together."""

from __future__ import annotations

from pathlib import Path
from secrets import token_bytes
from typing import cast

from flask import Blueprint

from inspector.store.captures import Captures
from inspector.store.workbench import Workbench
from inspector.web.send import again, composer
from inspector.web.send.bench import Bench
from inspector.web.send.curtain import Curtain
from inspector.web.send.door import Door
from inspector.web.send.sender import Sender
from inspector.web.settings import WebSettings
from inspector.web.veil import Veil


def parts(settings: WebSettings, veil: Veil) -> tuple[Blueprint, ...]:
    """What sends, over these captures."""
    kept = Workbench(Path(settings.run).parent)
    sender = Sender(Door(settings.proxies, settings.sender_token), veil.plain.exchange, kept.note_sent)
    bench = Bench(veil.plain, sender, kept)
    shown = cast("Captures", veil)
    return (again.blueprint(bench, shown), composer.blueprint(bench, shown, Curtain(token_bytes(16))))
