"""Content-Security-Policy: what the page may load and run, directive by directive."""

from __future__ import annotations

from inspector.explain.fields.model import Known, Line, Told
from inspector.explain.parts import Part
from inspector.explain.prose import NOTHING, Prose, joined, listed, say, shown
from inspector.explain.references import Reference, header, w3c
from inspector.explain.values.csp import CspDirective, allows_inline, split

_FETCHES = {
    "default-src": "whatever no other directive speaks of",
    "script-src": "scripts",
    "script-src-elem": "scripts in `<script>` elements",
    "script-src-attr": "scripts in attributes, such as onclick",
    "style-src": "styles",
    "style-src-elem": "style sheets and `<style>` elements",
    "style-src-attr": "styles in style attributes",
    "img-src": "pictures",
    "font-src": "fonts",
    "connect-src": "what scripts fetch, WebSockets and event streams",
    "media-src": "sound and film",
    "object-src": "plug-ins (`<object>`, `<embed>`)",
    "frame-src": "pages in frames",
    "child-src": "frames and workers",
    "worker-src": "workers",
    "manifest-src": "the web app's manifest",
    "prefetch-src": "what is fetched ahead (obsolete)",
    "fenced-frame-src": "pages in fenced frames",
    "form-action": "where forms may be sent to",
    "frame-ancestors": "pages that may show this one in a frame",
    "base-uri": "what a `<base>` element may name",
    "navigate-to": "where the page may lead (in no browser)",
}

_KEYWORDS = {
    "'self'": "the same [[origin]]",
    "'none'": "nothing",
    "*": "any address over the network",
    "https:": "any address over https",
    "http:": "any address over http or https",
    "data:": "`data:` addresses, which carry the content themselves",
    "blob:": "what scripts made themselves (`blob:`)",
    "wss:": "WebSockets over TLS",
    "ws:": "WebSockets",
    "'unsafe-inline'": "whatever stands in the page itself, also what an attacker got into it",
    "'unsafe-eval'": "text that is turned into program (`eval`)",
    "'wasm-unsafe-eval'": "WebAssembly",
    "'unsafe-hashes'": "attributes whose hash is listed",
    "'strict-dynamic'": "what a trusted script loads in its turn; hosts and schemes listed here are ignored then",
    "'report-sample'": "(and the first 40 characters of what was blocked are reported)",
    "'inline-speculation-rules'": "speculation rules in the page",
    "'unsafe-allow-redirects'": "redirects whose end is unknown",
}

_ALONE = {
    "upgrade-insecure-requests": "Everything that the page names with http is fetched with https.",
    "block-all-mixed-content": "Nothing is loaded over http in an https page. Obsolete: browsers do that by themselves.",
    "sandbox": "The page is shut in: no scripts, forms, pop-ups, nor its own [[origin]], but for what is listed.",
    "require-trusted-types-for": "Dangerous functions of the page take only values that went through a policy (Trusted Types).",
    "trusted-types": "Names the policies that may make trusted values.",
    "plugin-types": "Obsolete: which kinds of plug-in may run.",
    "referrer": "Obsolete: see Referrer-Policy.",
    "reflected-xss": "Obsolete, and in no browser.",
    "require-sri-for": "Obsolete: scripts and styles had to name their hash.",
}

_SCRIPTS = ("script-src", "script-src-elem", "script-src-attr", "default-src")


def _csp(line: Line) -> Told:
    found = split(line.value)
    if not found:
        return Told(say("It is empty, and so forbids nothing."), good=False)
    parts = []
    for policy in found:
        seen: set[str] = set()
        for each in policy:
            parts.append(_part(line, each, repeated=each.name in seen))
            seen.add(each.name)
    trial = line.name.endswith("report-only")
    plain = say("A [[content security policy]]: it tells the browser what this page may load and run. Whatever else somebody smuggles into the page stays without effect.")  # fmt: skip
    if trial:
        plain = say(
            "A [[content security policy]] on trial: the browser blocks nothing, it only reports what it would have blocked."
        )
    weak = all(_is_weak(policy) for policy in found)
    details = (
        _weak(found[0])
        if len(found) == 1
        else say(
            "There are {count} policies here, with commas between them; all of them hold at once.",
            count=len(found),
        )
    )
    return Told(plain, details, tuple(parts), None if trial else not weak)


def _part(line: Line, directive: CspDirective, *, repeated: bool) -> Part:
    text = shown(line.value[directive.offset : directive.offset + directive.length])
    plain, good = _directive(directive)
    if repeated:
        plain, good = say("It stood here before; only the first counts."), False
    return Part(text, plain, _details(directive), good, directive.offset, directive.length)


def _directive(directive: CspDirective) -> tuple[Prose, bool | None]:
    name = directive.name
    if name in _ALONE:
        return say(_ALONE[name]), None
    if name in ("report-uri", "report-to"):
        return say(
            "What was blocked is reported to {where}.",
            where=listed(directive.sources, most=3) or say("nobody"),
        ), None
    what = _FETCHES.get(name)
    if what is None:
        return say(
            "`{name}` is no directive that is known here; browsers ignore those they don't know.", name=name
        ), False
    words = [each.lower() for each in directive.sources]
    if not words or words == ["'none'"]:
        return say(f"For {what}: nothing is allowed."), True
    risky = name in _SCRIPTS and (allows_inline(directive.sources) or "*" in words or "data:" in words)
    return say(f"For {what}: {{sources}}.", sources=_sources(directive.sources)), False if risky else None


def _sources(sources: tuple[str, ...]) -> Prose:
    said = [_source(each) for each in sources[:12]]
    whole = NOTHING
    for at, each in enumerate(said):
        whole = each if not at else say("{before}; {each}", before=whole, each=each)
    more = len(sources) - 12
    return say("{before}; and {more} more", before=whole, more=more) if more > 0 else whole


def _source(source: str) -> Prose:
    lower = source.lower()
    if lower in _KEYWORDS:
        return say(_KEYWORDS[lower])
    if lower.startswith("'nonce-"):
        return say("what carries the one-time word of this answer ([[nonce]])")
    if lower.startswith(("'sha256-", "'sha384-", "'sha512-")):
        return say("what has just this hash")
    if lower.startswith("'"):
        return say("`{source}`, which is no word that is known here", source=source)
    if source.startswith("*."):
        return say("any host below `{host}`", host=source[2:])
    return say("`{source}`", source=source)


def _details(directive: CspDirective) -> Prose:
    words = [each.lower() for each in directive.sources]
    if "'unsafe-inline'" in words and not allows_inline(directive.sources) and directive.name in _SCRIPTS:
        return say(
            "'unsafe-inline' is for old browsers here: those that know nonces, hashes or strict-dynamic ignore it."
        )
    bare = [each for each in words if each in ("self", "none", "unsafe-inline", "unsafe-eval")]
    if bare:
        return say("`{word}` without quotes is taken for a host of that name.", word=bare[0])
    return NOTHING


def _is_weak(found: tuple[CspDirective, ...]) -> bool:
    by_name = {each.name: each.sources for each in reversed(found)}
    scripts = by_name.get("script-src", by_name.get("default-src"))
    return scripts is None or allows_inline(scripts) or "*" in scripts or "data:" in scripts or ("https:" in scripts and "'strict-dynamic'" not in scripts)  # fmt: skip


def _weak(found: tuple[CspDirective, ...]) -> Prose:
    by_name = {each.name: each.sources for each in reversed(found)}
    scripts = by_name.get("script-src", by_name.get("default-src"))
    said = []
    if scripts is None:
        said.append(say("It says nothing about scripts (no script-src, no default-src), so any may run."))
    elif allows_inline(scripts):
        said.append(
            say(
                "It allows scripts in the page itself, which is what it should keep an attacker from ([[XSS]])."
            )
        )
    if "object-src" not in by_name and "default-src" not in by_name:
        said.append(say("It says nothing about plug-ins (object-src)."))
    if "base-uri" not in by_name:
        said.append(
            say(
                "It says nothing about `<base>` (base-uri has no fallback), with which scripts can be led astray."
            )
        )
    if "frame-ancestors" not in by_name:
        said.append(
            say("It does not say who may show the page in a frame (frame-ancestors has no fallback).")
        )
    return joined(said)


_REFERENCES: tuple[Reference, ...] = (
    w3c("CSP3", "CSP 3", "csp-directives"),
    header("Content-Security-Policy"),
)

FIELDS = {
    "content-security-policy": Known(_csp, _REFERENCES),
    "content-security-policy-report-only": Known(
        _csp, (_REFERENCES[0], header("Content-Security-Policy-Report-Only"))
    ),
}
