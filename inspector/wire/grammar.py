"""The grammar of RFC 9110, 9112 and 3986 as regular expressions, possessive so that nothing is tried twice."""

from __future__ import annotations

import re

# RFC 9110 §5.6.2: tchar, as the inside of a character class
TCHAR = rb"!#$%&'*+\-.^_`|~0-9A-Za-z"

# RFC 9110 §5.5: field-content is visible characters, obs-text, SP and HTAB
TEXT = rb"\t -~\x80-\xff"

# RFC 9112 §3.2 lets far less into a target. Browsers send `|`, `"`, `{` and their like unescaped, so those pass;
# white space, control bytes, bytes above 0x7F and the `#` of a fragment never do.
TARGET = rb"!\"$-~"

_FIELDS = rb"((?:[" + TCHAR + rb"]++:[" + TEXT + rb"]*+\r\n)*+)\r\n"

REQUEST = re.compile(rb"([" + TCHAR + rb"]++) ([" + TARGET + rb"]++) HTTP/1\.([01])\r\n" + _FIELDS)
RESPONSE = re.compile(rb"HTTP/1\.([01]) ([1-9][0-9][0-9])(?: ([" + TEXT + rb"]*+))?+\r\n" + _FIELDS)
FIELD_BLOCK = re.compile(_FIELDS)

# only for blocks that one of the above has matched
PAIR = re.compile(rb"([^:]++):[ \t]*+([^\r]*+)\r\n")

TOKEN = re.compile(rb"[" + TCHAR + rb"]++")
NOT_TEXT = re.compile(rb"[^" + TEXT + rb"]")
NOT_TARGET = re.compile(rb"[^" + TARGET + rb"]")
SPACED_NAME = re.compile(rb"(?<=\n)([" + TCHAR + rb"]++)[ \t]++:")

TAB_CODING = re.compile(rb"(?i)\ntransfer-encoding[ \t]*:([ ]*(?:\t|[^ \t\r]+[ ]*\t))")

# what no message may hold anywhere before its body
STRAY = re.compile(rb"\x00|\r(?!\n)|(?<!\r)\n")

_UNRESERVED = rb"A-Za-z0-9\-._~"
_SUB_DELIMS = rb"!$&'()*+,;="
_NAME = rb"(?:[" + _UNRESERVED + _SUB_DELIMS + rb"]|%[0-9A-Fa-f]{2})"
# RFC 3986 §3.2.2, without IPvFuture, which nobody speaks
HOST_PORT = re.compile(rb"(" + _NAME + rb"++|\[[0-9A-Fa-f:.]{2,45}\])(?::([0-9]*+))?+")
# most hosts, quickly
PLAIN_HOST = re.compile(rb"[A-Za-z0-9.\-]++(?::[0-9]{1,4})?+")
PLAIN_ABSOLUTE = re.compile(rb"http://([A-Za-z0-9.\-]++(?::[0-9]{1,4})?+)(/.*+)", re.DOTALL)
ABSOLUTE = re.compile(rb"([A-Za-z][A-Za-z0-9+.\-]*+):(?://([^/?]*+))?+(.*+)", re.DOTALL)

# RFC 9112 §7.1.1: chunk-ext = *( BWS ";" BWS chunk-ext-name [ BWS "=" BWS chunk-ext-val ] )
_QUOTED = rb'"(?:[\t !#-\[\]-~\x80-\xff]|\\[' + TEXT + rb'])*+"'
_EXTENSION = (
    rb"[ \t]*+;[ \t]*+[" + TCHAR + rb"]++(?:[ \t]*+=[ \t]*+(?:[" + TCHAR + rb"]++|" + _QUOTED + rb"))?+"
)
CHUNK_LINE = re.compile(rb"([0-9A-Fa-f]{1,16}+)((?:" + _EXTENSION + rb")*+)\r\n")
# the end of one chunk and the size of the next, neither 0 nor too large
NEXT_CHUNK = re.compile(rb"\r\n([1-9A-Fa-f][0-9A-Fa-f]{0,14}+)\r\n")
EXTENSIONS = re.compile(rb"(?:" + _EXTENSION + rb")*+")
