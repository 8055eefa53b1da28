"""All actions, by the word that stands after `do =`. Docs and forms are drawn from it."""

from __future__ import annotations

from inspector.rules.actions.answer import Answer
from inspector.rules.actions.block import Block
from inspector.rules.actions.break_off import BreakOff
from inspector.rules.actions.delay import Delay, DelayResponse
from inspector.rules.actions.fields import RequestFields, ResponseFields
from inspector.rules.actions.folder import Folder
from inspector.rules.actions.hold import Hold
from inspector.rules.actions.no_cache import NoCache
from inspector.rules.actions.replace import Replace
from inspector.rules.actions.send_elsewhere import SendElsewhere
from inspector.rules.actions.status import Status
from inspector.rules.actions.throttle import Throttle
from inspector.rules.model import Action

ACTIONS: dict[str, type[Action]] = {
    each.NAME: each
    for each in (
        Block, Answer, Folder, SendElsewhere, RequestFields, ResponseFields, Replace, Status, Delay, DelayResponse,
        Throttle, BreakOff, NoCache, Hold,
    )
}  # fmt: skip
