"""Is the authority's key its owner's alone? Whoever can read it can read the traffic of everybody who believes the authority."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator

from inspector.app.doctor.case import Case
from inspector.explain.findings import Finding
from inspector.pki import vault

TITLE = "The authority's key is yours alone"


def check(case: Case) -> Iterator[Finding]:
    key, folder = case.place.certs / vault.KEY, case.place.certs
    if not key.is_file():
        return
    if os.name != "posix":
        sentence = f"{key} lies in your own folder; Windows' permissions are not looked at here."
        yield Finding("key", "trust", TITLE, "open", sentence)
        return
    facts, around = key.stat(), folder.stat()
    open_to = [
        f"{path} has mode {stat.S_IMODE(mode):04o}"
        for path, mode in ((key, facts.st_mode), (folder, around.st_mode))
        if mode & 0o077
    ]
    if facts.st_uid != os.getuid():
        sentence = f"{key} belongs to somebody else (user {facts.st_uid})."
        yield Finding(
            "key",
            "trust",
            TITLE,
            "bad",
            sentence,
            f"Make an authority of your own in another home: {case.command('run', '--home', 'DIR')}.",
        )
    elif open_to:
        sentence = "Others on this computer may read the key, and with it the traffic of everybody who believes the authority."
        cure = (
            f"`chmod 700 {folder} && chmod 600 {key}`. If others could read it for long, make a new authority: {case.command('ca', 'renew')}. "
            "If the modes stay, the file system keeps none: put the home on another one."
        )
        yield Finding("key", "trust", TITLE, "bad", sentence, cure, tuple(open_to))
    else:
        yield Finding("key", "trust", TITLE, "good", f"{key} has mode 0600, in a folder of 0700.")
