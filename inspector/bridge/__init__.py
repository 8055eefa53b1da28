"""Floor 0: what a Flask app imports so that Inspector can show the server's half of its exchanges. One line does it:

    from inspector import Inspector
    Inspector(app)

It runs in other people's apps, so it lives by four rules. It imports nothing of Inspector's and, until it is needed, nothing but the standard library. It does
nothing where nobody asked: without a running Inspector, or outside of debug mode, a request costs one look into a dict. It never delays an answer: reports go out
afterwards, from a thread of their own, and are dropped where they can't. And it never breaks anything: what fails in here is left out of the report.

extension.py  the extension          door.py      where requests come in          recording.py  what is gathered of one
whereabouts.py  finding Inspector    asking.py    asking it for the field         sending.py    giving the report away
hooks/        what listens to Flask, to logging and to the databases              telling.py    the report, written out
"""

from inspector.bridge.extension import Inspector

__all__ = ["Inspector"]
