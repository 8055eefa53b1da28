"""What must be said beside a body: that less of it was kept than passed, or that it never came to its end."""

from __future__ import annotations

from inspector.exchange.model import Body
from inspector.web.words import size


def body_marks(body: Body, *, open: bool = False) -> tuple[str, ...]:
    """Sentences, worst first; empty for a body that is here whole. `open`: the exchange is still on its way."""
    marks = []
    kept = body.captured
    if body.note == "capped":
        marks.append(
            f"Only the first {size(kept)} of {size(body.size)} were kept: the limit for captured bodies was reached."
            " All of it was passed on."
        )
    elif body.note == "lost":
        marks.append(
            f"{size(max(body.size - kept, 0))} of {size(body.size)} could not be kept: the disk was full, or too slow."
            " All of it was passed on."
        )
    elif body.note == "off":
        marks.append(f"Capturing was paused: {size(body.size)} were passed on and not kept.")
    elif body.note == "absent":
        marks.append(f"The body ({size(body.size)}) is not in the file that this was imported from.")
    if not body.complete:
        marks.append(
            f"Still on its way: {size(body.size)} so far." if open else f"Cut off after {size(body.size)}."
        )
    return tuple(marks)
