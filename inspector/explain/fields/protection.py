"""Short fields by which a site protects its pages: frames, guessed types, rights, isolation from other pages."""

from __future__ import annotations

from inspector.explain.fields.model import Known, Line, Told
from inspector.explain.parts import Part
from inspector.explain.prose import NOTHING, Prose, listed, say, shown
from inspector.explain.references import header, html, w3c
from inspector.explain.values.lists import members, unquoted

MOST = 60


def _frame_options(line: Line) -> Told:
    value = line.value.strip().upper()
    over = say("frame-ancestors in the Content-Security-Policy comes before it.") if "frame-ancestors" in line.said.value("content-security-policy").lower() else NOTHING  # fmt: skip
    if value == "DENY":
        return Told(
            say(
                "No page may show this one in a frame, so nobody can lay it under their own and catch the clicks ([[clickjacking]])."
            ),
            over,
            good=True,
        )
    if value == "SAMEORIGIN":
        return Told(
            say(
                "Only pages of the same [[origin]] may show this one in a frame; others could catch clicks with it ([[clickjacking]])."
            ),
            over,
            good=True,
        )
    if value.startswith("ALLOW-FROM"):
        return Told(
            say(
                "No browser obeys ALLOW-FROM any more; frame-ancestors in a Content-Security-Policy can say it."
            ),
            good=False,
        )
    return Told(
        say("`{value}` is neither DENY nor SAMEORIGIN, so browsers ignore it.", value=line.value), good=False
    )


def _content_type_options(line: Line) -> Told:
    if line.value.strip().lower() == "nosniff":
        plain = say(
            "The browser is to believe Content-Type and not guess from the bytes: so that an uploaded picture can't turn out to be a script."
        )
        return Told(plain, good=True)
    return Told(say("Only `nosniff` means something here."), good=False)


def _xss_protection(line: Line) -> Told:
    plain = say("Was for a filter that browsers have taken out again; today it does nothing.")
    return Told(
        plain, say("Where the filter still was, it could itself be used for attacks; `0` switched it off.")
    )


def _download_options(line: Line) -> Told:
    return Told(say("For Internet Explorer: don't open a download straight away. Today it does nothing."))


def _cross_domain_policies(line: Line) -> Told:
    return Told(say("For Adobe Flash and Reader: whose policy files count. Flash is gone since 2020."))


_FEATURES = {
    "accelerometer": "how the device moves", "ambient-light-sensor": "how bright it is", "attribution-reporting": "measuring advertisements",
    "autoplay": "film and sound that start by themselves", "battery": "the battery", "bluetooth": "Bluetooth",
    "browsing-topics": "topics that interest the person", "camera": "the camera", "clipboard-read": "reading the clipboard",
    "clipboard-write": "writing to the clipboard", "compute-pressure": "how busy the computer is", "display-capture": "sharing the screen",
    "document-domain": "changing document.domain", "encrypted-media": "films with copy protection", "fullscreen": "filling the screen",
    "gamepad": "game controllers", "geolocation": "where the person is", "gyroscope": "how the device turns", "hid": "special devices",
    "identity-credentials-get": "log-in by way of the browser", "idle-detection": "whether somebody is there",
    "interest-cohort": "a group of interests (FLoC, given up)", "join-ad-interest-group": "groups for advertisements",
    "keyboard-map": "the keyboard's layout", "local-fonts": "the fonts of the computer", "magnetometer": "the compass",
    "microphone": "the microphone", "midi": "musical instruments", "otp-credentials": "codes from text messages",
    "payment": "payments", "picture-in-picture": "a small film window", "private-state-token-issuance": "tokens that tell people from robots",
    "publickey-credentials-create": "making passkeys", "publickey-credentials-get": "logging in with passkeys",
    "run-ad-auction": "auctions of advertisements", "screen-wake-lock": "keeping the screen on", "serial": "serial ports",
    "speaker-selection": "choosing a loudspeaker", "storage-access": "asking for its cookies in a frame", "sync-xhr": "requests that stop the page",
    "unload": "handlers that run when the page is left", "usb": "USB devices", "web-share": "sharing with other programs",
    "window-management": "windows on several screens", "xr-spatial-tracking": "virtual reality",
}  # fmt: skip


def _permissions_policy(line: Line) -> Told:
    parts = []
    for each in members(line.value)[:MOST]:
        name, _, who = each.words.partition("=")
        what = _FEATURES.get(name.strip().lower())
        parts.append(
            Part(
                shown(each.words),
                say(
                    "{what}: {who}.",
                    what=say(what[:1].upper() + what[1:]) if what else say("`{name}`", name=name),
                    who=_allowed(who),
                ),
                offset=each.offset,
                length=len(each.words),
            )
        )
    off = [part.text.partition("=")[0] for part in parts if part.text.endswith("=()")]
    plain = say("What this page, and the frames in it, may use of the device.")
    plain += say("Switched off for all: {features}.", features=listed(off, most=6)) if off else NOTHING
    return Told(plain, say("Nobody is asked for what is switched off; it simply fails."), tuple(parts))


def _allowed(who: str) -> Prose:
    words = who.strip().strip("()").split()
    if who.strip() == "*":
        return say("the page and all frames in it")
    if not words:
        return say("nobody")
    named = [
        say("the page itself") if each == "self" else say("frames from `{origin}`", origin=unquoted(each))
        for each in words[:6]
    ]
    whole = named[0]
    for each in named[1:]:
        whole = say("{before}, {next}", before=whole, next=each)
    return whole


def _feature_policy(line: Line) -> Told:
    return Told(
        say(
            "The old name and form of Permissions-Policy; Chrome still reads it where the new one is missing."
        )
    )


_OPENER = {
    "same-origin": ("Pages of other origins that open this one, or are opened by it, get no hold of its window.", True),
    "same-origin-allow-popups": ("Pages that open this one get no hold of its window; those that it opens itself, such as for a log-in, may keep one of it.", True),
    "noopener-allow-popups": ("Whatever opens this page gets no hold of its window, not even pages of the same [[origin]].", True),
    "unsafe-none": ("Other pages may get hold of this one's window, which is so without this field too.", None),
}  # fmt: skip
_EMBEDDER = {
    "require-corp": ("The page loads nothing of other origins that doesn't agree to it itself.", True),
    "credentialless": (
        "What the page loads from other origins without [[CORS]] is asked for without cookies.",
        True,
    ),
    "unsafe-none": ("The page may load what it likes, which is so without this field too.", None),
}
_RESOURCE = {
    "same-origin": (
        "Only pages of the same [[origin]] may load this as a picture, script or the like.",
        True,
    ),
    "same-site": ("Only pages of the same [[site]] may load this as a picture, script or the like.", True),
    "cross-origin": ("Any page may load this.", None),
}


def _isolation(table: dict[str, tuple[str, bool | None]], trial: bool = False) -> Known:
    def tell(line: Line) -> Told:
        words, good = table.get(line.value.partition(";")[0].strip().lower(), ("", None))
        if not words:
            return Told(
                say("`{value}` is no word that is known here, so it says nothing.", value=line.value),
                good=False,
            )
        precise = (
            say("On trial only: the browser reports what it would have changed, and changes nothing.")
            if trial
            else NOTHING
        )
        return Told(say(words), precise + _isolated(line), good=None if trial else good)

    return Known(tell, (html("browsers.html", "HTML standard: cross-origin policies"),))


def _isolated(line: Line) -> Prose:
    opener = line.said.first("cross-origin-opener-policy").partition(";")[0].strip().lower()
    embedder = line.said.first("cross-origin-embedder-policy").partition(";")[0].strip().lower()
    if (
        opener == "same-origin"
        and embedder in ("require-corp", "credentialless")
        and line.name.startswith("cross-origin-opener")
    ):
        return say(
            "Together with Cross-Origin-Embedder-Policy the page is [[cross-origin isolation|isolated]]: it may use shared memory and exact clocks."
        )
    return NOTHING


def _agent_cluster(line: Line) -> Told:
    if line.value.strip() == "?1":
        return Told(
            say(
                "The page would like to be kept apart from other hosts of the same [[site]], if it can be in a process of its own."
            ),
            good=True,
        )
    return Told(say("The page doesn't ask to be kept apart from other hosts of the same [[site]]."))


def _clear_site_data(line: Line) -> Told:
    words = {
        "cache": "what is kept in the cache", "cookies": "the cookies of the whole registered domain", "storage": "what scripts stored",
        "executioncontexts": "its open pages, which are loaded again", "prefetchcache": "what was fetched ahead",
        "prerendercache": "pages that were made ready ahead", "clienthints": "the client hints that it asked for", "*": "everything",
    }  # fmt: skip
    if not line.case.secure and not line.case.is_local:
        return Told(say("Over plain http browsers ignore this."), good=False)
    found = [
        words.get(unquoted(each.words).lower(), "something that isn't known here")
        for each in members(line.value)
    ]
    if any(not each.words.startswith('"') for each in members(line.value)):
        return Told(
            say("Each word must stand in double quotes; without them browsers ignore this."), good=False
        )
    return Told(
        say(
            "The browser is to throw away what it keeps of this site: {what}.", what=listed(found, code=False)
        )
    )


FIELDS = {
    "x-frame-options": Known(
        _frame_options,
        (
            html("document-lifecycle.html#the-x-frame-options-header", "HTML standard"),
            header("X-Frame-Options"),
        ),
    ),
    "x-content-type-options": Known(_content_type_options, (header("X-Content-Type-Options"),)),
    "x-xss-protection": Known(_xss_protection, (header("X-XSS-Protection"),)),
    "x-download-options": Known(_download_options, (header("X-Content-Type-Options"),)),
    "x-permitted-cross-domain-policies": Known(
        _cross_domain_policies, (header("X-Permitted-Cross-Domain-Policies"),)
    ),
    "permissions-policy": Known(
        _permissions_policy, (w3c("permissions-policy", "Permissions Policy"), header("Permissions-Policy"))
    ),
    "feature-policy": Known(_feature_policy, (w3c("permissions-policy", "Permissions Policy"),)),
    "cross-origin-opener-policy": _isolation(_OPENER),
    "cross-origin-opener-policy-report-only": _isolation(_OPENER, trial=True),
    "cross-origin-embedder-policy": _isolation(_EMBEDDER),
    "cross-origin-embedder-policy-report-only": _isolation(_EMBEDDER, trial=True),
    "cross-origin-resource-policy": _isolation(_RESOURCE),
    "origin-agent-cluster": Known(_agent_cluster, (header("Origin-Agent-Cluster"),)),
    "clear-site-data": Known(
        _clear_site_data, (w3c("clear-site-data", "Clear Site Data"), header("Clear-Site-Data"))
    ),
}
