"""Log lines. A handler on the root logger would change what an app prints (Flask adds its own only where there is none), so the maker of records is asked instead."""

from __future__ import annotations

import contextlib
import logging
from typing import Any

from inspector.bridge.recording import current


def install() -> None:
    """Hear of every record that is made from now on; whoever made them before still does."""
    make_before = logging.getLogRecordFactory()

    def make(*args: Any, **named: Any) -> logging.LogRecord:
        record: logging.LogRecord = make_before(*args, **named)
        recording = current.get()
        if recording is not None:
            with contextlib.suppress(
                Exception
            ):  # arguments that don't fit their message: logging itself will say so
                recording.line(record)
        return record

    logging.setLogRecordFactory(make)
