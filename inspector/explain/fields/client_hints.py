"""Client hints: what browsers of Chromium's kin say of themselves and their device in fields of their own, some only when asked."""

from __future__ import annotations

from inspector.explain.fields.model import Known, Line, Told
from inspector.explain.prose import listed, say
from inspector.explain.references import Reference, header, rfc
from inspector.explain.values.lists import members, unquoted

_DETAILS = "A [[client hint]]: only Chrome, Edge and their kin send it, and only over https."


def _brands(line: Line) -> Told:
    every = [(unquoted(each.words), each.parameter("v") or "") for each in members(line.value)]
    made_up = [name for name, _ in every if "not" in name.lower() and "brand" in name.lower()]
    found = [f"{name} {version}".strip() for name, version in every if name not in made_up]
    plain = say(
        "The browser is {brands}.", brands=listed(found, code=False) or say("one that doesn't say its name")
    )
    precise = say(_DETAILS)
    if made_up:
        precise += say(
            "`{name}` is nobody's: it is there so that servers don't count on a list that never changes.",
            name=made_up[0],
        )
    return Told(plain, precise)


def _simple(words: str) -> Known:
    def tell(line: Line) -> Told:
        return Told(say(words, value=unquoted(line.value.strip()) or "(empty)"), say(_DETAILS))

    return Known(tell, _references())


def _yes_no(yes: str, no: str) -> Known:
    def tell(line: Line) -> Told:
        value = line.value.strip()
        if value not in ("?1", "?0"):
            return Told(say("`{value}` is neither yes (`?1`) nor no (`?0`).", value=value), good=False)
        return Told(say(yes if value == "?1" else no), say(_DETAILS))

    return Known(tell, _references())


def _references() -> tuple[Reference, ...]:
    return (
        rfc(8942, "2"),
        Reference("MDN: Client hints", "https://developer.mozilla.org/docs/Web/HTTP/Guides/Client_hints"),
    )


def _accept_ch(line: Line) -> Told:
    names = listed((each.words for each in members(line.value)), most=8)
    plain = say("The site asks the browser to send these fields from now on: {names}.", names=names)
    return Told(
        plain, say("Chrome and its kin do so over https; what they send makes a person easier to recognise.")
    )


def _critical_ch(line: Line) -> Told:
    names = listed((each.words for each in members(line.value)), most=8)
    return Told(
        say(
            "Without {names} the page is no good, so the browser is to ask for it again with them.",
            names=names,
        )
    )


def _save_data(line: Line) -> Told:
    if line.value.strip().lower() == "on":
        return Told(say("Somebody has asked the browser to save data: smaller pictures would be welcome."))
    return Told(say("`{value}` says nothing here; only `on` does.", value=line.value))


FIELDS = {
    "sec-ch-ua": Known(_brands, (header("Sec-CH-UA"),)),
    "sec-ch-ua-full-version-list": Known(_brands, (header("Sec-CH-UA-Full-Version-List"),)),
    "sec-ch-ua-platform": _simple("It runs on `{value}`."),
    "sec-ch-ua-platform-version": _simple("The system has version `{value}`."),
    "sec-ch-ua-model": _simple("The device is a `{value}`."),
    "sec-ch-ua-arch": _simple("The processor is of the kind `{value}`."),
    "sec-ch-ua-bitness": _simple("The processor works with {value} bits."),
    "sec-ch-ua-full-version": _simple("The browser has version `{value}`."),
    "sec-ch-ua-form-factors": _simple("The device is of the kind `{value}`."),
    "sec-ch-ua-mobile": _yes_no(
        "It would like a page for phones.", "It would like a page for large screens."
    ),
    "sec-ch-ua-wow64": _yes_no("A 32-bit program on 64-bit Windows.", "No 32-bit program on 64-bit Windows."),
    "sec-ch-prefers-color-scheme": _simple("Somebody prefers `{value}` colours."),
    "sec-ch-prefers-reduced-motion": _simple("About moving things somebody has set: `{value}`."),
    "sec-ch-prefers-reduced-transparency": _simple("About see-through things somebody has set: `{value}`."),
    "sec-ch-viewport-width": _simple("The window is {value} points wide."),
    "sec-ch-viewport-height": _simple("The window is {value} points high."),
    "sec-ch-dpr": _simple("The screen has {value} pixels for a point."),
    "sec-ch-width": _simple("The picture will be shown {value} pixels wide."),
    "sec-ch-device-memory": _simple("The device has about {value} GB of memory."),
    "device-memory": _simple("The device has about {value} GB of memory."),
    "dpr": _simple("The screen has {value} pixels for a point."),
    "viewport-width": _simple("The window is {value} points wide."),
    "width": _simple("The picture will be shown {value} pixels wide."),
    "downlink": _simple("The way in carries about {value} megabits a second."),
    "ect": _simple("The connection feels like `{value}`."),
    "rtt": _simple("A [[round trip]] takes about {value} ms."),
    "accept-ch": Known(_accept_ch, (rfc(8942, "3.1"), header("Accept-CH"))),
    "critical-ch": Known(_critical_ch, (header("Critical-CH"),)),
    "save-data": Known(_save_data, (header("Save-Data"),)),
}
