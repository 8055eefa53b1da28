"""Accept and its kin: what the client can use, what it would rather have, and what it got."""

from __future__ import annotations

from inspector.explain import media
from inspector.explain.fields.model import Known, Line, Told
from inspector.explain.parts import Part
from inspector.explain.prose import NOTHING, Prose, listed, say, shown
from inspector.explain.references import header, rfc
from inspector.explain.values.lists import Weighed, weighed

_CODINGS = {
    "gzip": "gzip, which everybody knows",
    "x-gzip": "gzip, by an old name",
    "deflate": "deflate, nearly the same as gzip and hardly used",
    "br": "Brotli, which packs text tighter than gzip",
    "zstd": "Zstandard, as tight as Brotli and quicker",
    "compress": "compress, which nobody uses any more",
    "dcb": "Brotli with a dictionary that the browser has already",
    "dcz": "Zstandard with a dictionary that the browser has already",
    "identity": "not packed at all",
    "*": "any other",
}


def _weight(each: Weighed) -> Prose:
    if each.weight is None:
        return say("Its weight is no number from 0 to 1, so nobody knows how much it is wanted.")
    if each.weight == 0:
        return say("Weight 0: not this, please.")
    if each.weight == 1:
        return say("Wanted most.")
    return say("Weight {weight}, where 1 is wanted most.", weight=f"{each.weight:g}")


def _parts(found: tuple[Weighed, ...], meaning: dict[str, str] | None = None) -> tuple[Part, ...]:
    parts = []
    for each in found:
        words = each.words.lower()
        what = (meaning or {}).get(words) if meaning is not None else media.look_up(words.partition(";")[0])
        plain = say(f"{what[:1].upper()}{what[1:]}.") + _weight(each) if what else _weight(each)
        good = False if each.weight is None else None
        parts.append(Part(shown(each.words), plain, good=good, offset=each.offset, length=len(each.words)))
    return tuple(parts)


def _wanted(found: tuple[Weighed, ...]) -> list[str]:
    return [each.words for each in found if each.weight is None or each.weight > 0]


def _accept(line: Line) -> Told:
    found = weighed(line.value)
    wanted = _wanted(found)
    if not line.in_request:
        return Told(say("The server says which types it takes."), parts=_parts(found))
    if [each.lower() for each in wanted] == ["*/*"]:
        return Told(say("It takes any type of content."))
    best = [each.words for each in found if each.weight == 1]
    plain = say("It would like {types} best", types=listed(best or wanted[:1], most=4))
    rest = [each for each in wanted if each not in best]
    plain = (
        say("{plain}, then {others}.", plain=plain, others=listed(rest, most=4))
        if rest
        else say("{plain}.", plain=plain)
    )
    return Told(
        plain + _got(line, "content-type", "It got"),
        say("A wish, not an order: the server may send something else."),
        _parts(found),
    )


def _got(line: Line, name: str, words: str) -> Prose:
    value = line.case.response.first(name).strip()
    return say(f"{words} `{{value}}`.", value=value) if value else NOTHING


def _accept_encoding(line: Line) -> Told:
    found = weighed(line.value)
    if not line.in_request:
        return Told(
            say(
                "The server says in which codings it takes bodies: {codings}.", codings=listed(_wanted(found))
            ),
            parts=_parts(found, _CODINGS),
        )
    if not _wanted(found):
        return Told(say("It wants the body as it is, not packed."), parts=_parts(found, _CODINGS))
    got = line.case.response.value("content-encoding").strip()
    plain = say(
        "The body may come packed, to be shorter on the way: it can unpack {codings}.",
        codings=listed(_wanted(found)),
    )
    plain += say("It came packed: `{coding}`.", coding=got) if got else NOTHING
    return Told(plain, parts=_parts(found, _CODINGS))


def _accept_language(line: Line) -> Told:
    found = weighed(line.value)
    wanted = _wanted(found)
    if not wanted:
        return Told(say("It names no language."))
    plain = say(
        "It would like texts in {languages}, in this order.",
        languages=listed((_language(each) for each in wanted), most=5, code=False),
    )
    plain += _got(line, "content-language", "It got")
    precise = say(
        "The browser takes this from its settings. Many languages in an unusual order make a person easier to recognise."
    )
    return Told(plain, precise, tuple(Part(shown(each.words), say("{name}.", name=_language(each.words)) + _weight(each), offset=each.offset, length=len(each.words)) for each in found))  # fmt: skip


_LANGUAGES = {
    "ar": "Arabic", "bg": "Bulgarian", "bn": "Bengali", "ca": "Catalan", "cs": "Czech", "da": "Danish", "de": "German", "el": "Greek",
    "en": "English", "es": "Spanish", "et": "Estonian", "eu": "Basque", "fa": "Persian", "fi": "Finnish", "fr": "French", "ga": "Irish",
    "he": "Hebrew", "hi": "Hindi", "hr": "Croatian", "hu": "Hungarian", "id": "Indonesian", "is": "Icelandic", "it": "Italian",
    "ja": "Japanese", "ko": "Korean", "lt": "Lithuanian", "lv": "Latvian", "nb": "Norwegian", "nl": "Dutch", "nn": "Norwegian (Nynorsk)",
    "no": "Norwegian", "pl": "Polish", "pt": "Portuguese", "rm": "Romansh", "ro": "Romanian", "ru": "Russian", "sk": "Slovak",
    "sl": "Slovene", "sq": "Albanian", "sr": "Serbian", "sv": "Swedish", "sw": "Swahili", "th": "Thai", "tr": "Turkish",
    "uk": "Ukrainian", "ur": "Urdu", "vi": "Vietnamese", "zh": "Chinese",
}  # fmt: skip


def _language(tag: str) -> str:
    if tag == "*":
        return "any other"
    main, _, rest = tag.partition("-")
    name = _LANGUAGES.get(main.lower())
    if name is None:
        return shown(tag, 40)
    return f"{name} ({shown(tag, 40)})" if rest else name


def _accept_charset(line: Line) -> Told:
    return Told(
        say(
            "The character encodings it can read. Browsers no longer send this, since all of them read UTF-8."
        )
    )


def _content_language(line: Line) -> Told:
    names = listed((_language(each.words) for each in weighed(line.value)), code=False)
    return Told(say("The text is for people who read {languages}.", languages=names))


def _accept_ranges(line: Line) -> Told:
    if line.value.strip().lower() == "none":
        return Told(say("The server does not send parts of this."))
    return Told(say("Parts of this can be asked for, counted in `{unit}`: so a download can go on where it broke off, and a film can start in the middle.", unit=line.value))  # fmt: skip


def _accept_types(line: Line) -> Told:
    verb = {"accept-patch": "PATCH", "accept-post": "POST", "accept-query": "QUERY"}[line.name]
    names = listed(each.words for each in weighed(line.value))
    return Told(
        say("With {verb}, this address takes bodies of the type {types}.", verb=verb, types=names),
        parts=_parts(weighed(line.value)),
    )


FIELDS = {
    "accept": Known(_accept, (rfc(9110, "12.5.1"), header("Accept"))),
    "accept-encoding": Known(_accept_encoding, (rfc(9110, "12.5.3"), header("Accept-Encoding"))),
    "accept-language": Known(_accept_language, (rfc(9110, "12.5.4"), header("Accept-Language"))),
    "accept-charset": Known(_accept_charset, (rfc(9110, "12.5.2"),)),
    "content-language": Known(_content_language, (rfc(9110, "8.5"), header("Content-Language"))),
    "accept-ranges": Known(_accept_ranges, (rfc(9110, "14.3"), header("Accept-Ranges"))),
    "accept-patch": Known(_accept_types, (rfc(5789, "3.1"), header("Accept-Patch"))),
    "accept-post": Known(_accept_types, (header("Accept-Post"),)),
    "accept-query": Known(_accept_types, (rfc(9110, "9"),)),
}
