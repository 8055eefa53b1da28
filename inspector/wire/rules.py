"""Everything a peer can get wrong in its bytes, as one table: what is wrong, what to do, and the RFC's own words."""

from __future__ import annotations

from typing import NamedTuple


class Rule(NamedTuple):
    """One row: our sentence, the cure, where the rule stands, its words, and the status that answers a request."""

    sentence: str
    cure: str
    rfc: str
    quote: str
    status: int = 400


class Problem(NamedTuple):
    """A rule that was broken: `code` is a key of `RULES`, `offset` counts bytes from where parsing began."""

    code: str
    offset: int
    detail: str = ""


_LENIENT = (
    "lenient parsing can result in request smuggling security vulnerabilities if there are multiple recipients of "
    "the message and each has its own unique interpretation of robustness"
)
_CR_LF_NUL = (
    "Field values containing CR, LF, or NUL characters are invalid and dangerous, due to the varying ways that "
    "implementations might parse and interpret those characters"
)
_BAD_HOST = (
    "A server MUST respond with a 400 (Bad Request) status code to any HTTP/1.1 request message that lacks a Host "
    "header field and to any request message that contains more than one Host header field line or a Host header "
    "field with an invalid field value."
)
_BAD_LENGTH = (
    "If a message is received without Transfer-Encoding and with an invalid Content-Length header field, then the "
    "message framing is invalid and the recipient MUST treat it as an unrecoverable error"
)
_LARGE_NUMBER = (
    "a recipient MUST anticipate potentially large decimal numerals and prevent parsing errors due to integer "
    "conversion overflows or precision loss due to integer conversion"
)
_LARGE_FIELDS = (
    "A server that receives a request header field line, field value, or set of fields larger than it wishes to "
    "process MUST respond with an appropriate 4xx (Client Error) status code."
)
_NO_USERINFO = (
    "a recipient SHOULD parse for userinfo and treat its presence as an error; it is likely being used to obscure "
    "the authority for the sake of phishing attacks"
)
_BY_HAND = "If you wrote the request by hand, compare this line with one that a browser sends."

RULES: dict[str, Rule] = {
    # bytes that no head may hold
    "not-http": Rule(
        "These are not the first bytes of an HTTP message: something else is spoken here.",
        "Most often it is TLS on a port for plain HTTP, or the other way round. Check http:// and https:// in the "
        "address, and the port.",
        "RFC 9112 §2.2",
        "When a server listening only for HTTP request messages, or processing what appears from the start-line to "
        "be an HTTP request message, receives a sequence of octets that does not match the HTTP-message grammar",
    ),
    "nul": Rule(
        "There is a NUL (a byte of value 0) in the head. Some programs would stop reading there, others go on, and "
        "then they see two different messages.",
        "Look for binary data that got into a header field or the address.",
        "RFC 9110 §5.5",
        _CR_LF_NUL,
    ),
    "bare-cr": Rule(
        "There is a carriage return (CR) without the line feed (LF) that must follow it. Some programs take it for "
        "the end of the line, others for a part of it.",
        'Lines end in CR and LF together, in code: "\\r\\n". Look for an "\\r" that stands alone.',
        "RFC 9112 §2.2",
        "A recipient of such a bare CR MUST consider that element to be invalid or replace each bare CR with SP "
        "before processing the element or forwarding the message.",
    ),
    "bare-lf": Rule(
        "There is a line feed (LF) without the carriage return (CR) that must come before it. Some programs take it "
        "for the end of the line, others don't.",
        'End each line with CR and LF together, in code: "\\r\\n". With printf and netcat write \\r\\n, not \\n.',
        "RFC 9112 §2.2",
        "Although the line terminator for the start-line and fields is the sequence CRLF, a recipient MAY recognize "
        "a single LF as a line terminator and ignore any preceding CR.",
    ),
    # the start line
    "empty-start-line": Rule(
        "Where the first line of the message should be, there are only empty lines.",
        "A body that is longer than its Content-Length says often leaves such lines behind it.",
        "RFC 9112 §2.2",
        "a server that is expecting to receive and parse a request-line SHOULD ignore at least one empty line (CRLF) "
        "received prior to the request-line",
    ),
    "bad-start-line": Rule(
        "The first line is not method, target and version with exactly one space between them.",
        _BY_HAND,
        "RFC 9112 §3",
        _LENIENT,
    ),
    "bad-method": Rule(
        "The method, the request's first word, holds a character that it may not hold.",
        "Methods are letters, such as GET; digits and a few marks are allowed, spaces, brackets and quotes are not.",
        "RFC 9112 §3.1",
        "The request method is case-sensitive. method = token",
    ),
    "empty-target": Rule(
        "The request does not say what it asks for: between method and version there is nothing.",
        "Ask for / if you mean the start page.",
        "RFC 9112 §3.2.1",
        'If the target URI\'s path component is empty, the client MUST send "/" as the path within the origin-form of '
        "request-target.",
    ),
    "target-space": Rule(
        "There is white space in the address that is asked for, so it is not clear where it ends.",
        "Write a space in an address as %20, in code: urllib.parse.quote(path).",
        "RFC 9112 §3.2",
        "No whitespace is allowed in the request-target.",
    ),
    "target-fragment": Rule(
        "The address holds a #. What follows it is for the browser alone and is never sent to a server.",
        "Leave away # and what follows, or write it as %23 if it belongs to the path.",
        "RFC 9110 §7.1",
        "The target URI excludes the reference's fragment component, if any, since fragment identifiers are reserved "
        "for client-side processing",
    ),
    "target-bytes": Rule(
        "The address holds a byte that no address may hold: only visible ASCII characters are allowed.",
        "Letters such as é are sent as UTF-8 bytes in per cent signs: %C3%A9. In code: urllib.parse.quote(path).",
        "RFC 9112 §3",
        "Recipients of an invalid request-line SHOULD respond with either a 400 (Bad Request) error or a 301 (Moved "
        "Permanently) redirect with the request-target properly encoded.",
    ),
    "target-form": Rule(
        "What is asked for is neither a path (/index.html), nor a whole address (http://example.com/), nor the * of "
        "an OPTIONS request.",
        "To a server send the path; to a proxy the whole address, with its host.",
        "RFC 9112 §3.2",
        "request-target = origin-form / absolute-form / authority-form / asterisk-form",
    ),
    "target-too-long": Rule(
        "The first line of the request is longer than Inspector takes: {detail}.",
        "Send much data in the body of a POST, not in the address.",
        "RFC 9112 §3",
        "A server that receives a request-target longer than any URI it wishes to parse MUST respond with a 414 (URI "
        "Too Long) status code",
        414,
    ),
    "start-line-too-long": Rule(
        "The first line of the response is longer than Inspector takes: {detail}.",
        "Look at the server's reason phrase, the text after the status code.",
        "RFC 9112 §4",
        "The reason-phrase element exists for the sole purpose of providing a textual description associated with "
        "the numeric status code",
    ),
    "version-missing": Rule(
        "The request line ends without a version, as in HTTP/0.9 of 1991, which nobody speaks any more.",
        "Write HTTP/1.1 at the end of the first line.",
        "RFC 9112 §3",
        "request-line = method SP request-target SP HTTP-version",
    ),
    "bad-version": Rule(
        "Where the version of HTTP should be, something else is written.",
        "It is written HTTP/1.1, in capital letters, with one digit before and one after the dot.",
        "RFC 9112 §2.3",
        "HTTP-version is case-sensitive.",
    ),
    "version-unsupported": Rule(
        "The first line says {detail}, but the versions that are spoken in lines of text are HTTP/1.0 and HTTP/1.1.",
        "HTTP/2 and HTTP/3 are binary: a client and a server agree on them before the first request.",
        "RFC 9110 §15.6.6",
        "The 505 (HTTP Version Not Supported) status code indicates that the server does not support, or refuses to "
        "support, the major version of HTTP that was used in the request message.",
        505,
    ),
    "bad-status": Rule(
        "The status code is not a number of three digits from 100 on.",
        "Look at how the server program writes its first line: HTTP/1.1 200 OK.",
        "RFC 9112 §4",
        "The status-code element is a 3-digit integer code describing the result of the server's attempt to "
        "understand and satisfy the client's corresponding request.",
    ),
    "bad-reason": Rule(
        "The text after the status code holds a control character.",
        "Look at how the server program writes its first line: HTTP/1.1 200 OK.",
        "RFC 9112 §4",
        "reason-phrase = 1*( HTAB / SP / VCHAR / obs-text )",
    ),
    # the fields
    "space-before-fields": Rule(
        "White space stands before the first header field. Some programs skip such a line, others read it.",
        "Begin each header line with its name.",
        "RFC 9112 §2.2",
        "A sender MUST NOT send whitespace between the start-line and the first header field.",
    ),
    "space-before-colon": Rule(
        "White space stands between a field's name and its colon. Some programs see the field then, others don't.",
        "Write the colon directly after the name.",
        "RFC 9112 §5.1",
        "A server MUST reject, with a response status code of 400 (Bad Request), any received request message that "
        "contains whitespace between a header field name and colon.",
    ),
    "obs-fold": Rule(
        "A header line begins with white space: an old way to go on with the line above, which not all programs know.",
        "Write the field in one line. Look for a line break within a value.",
        "RFC 9112 §5.2",
        "A sender MUST NOT generate a message that includes line folding",
    ),
    "empty-name": Rule(
        "A header line begins with its colon: the field has no name.",
        _BY_HAND,
        "RFC 9110 §5.6.2",
        "token = 1*tchar",
    ),
    "bad-name": Rule(
        "The name of a header field holds a character that it may not hold ({detail}).",
        "Names are letters, digits and hyphens; spaces, brackets, slashes and letters such as é are not allowed.",
        "RFC 9110 §5.1",
        "field-name = token",
    ),
    "no-colon": Rule(
        "A header line has no colon, so it has no name and no value.",
        "Write it as Name: value. Look for a line break within the value of the line above.",
        "RFC 9112 §5",
        'Each field line consists of a case-insensitive field name followed by a colon (":"), optional leading '
        "whitespace, the field line value, and optional trailing whitespace.",
    ),
    "bad-value": Rule(
        "The value of a header field holds a control character ({detail}).",
        "Look for binary data in it; what isn't text is sent as base64 or in per cent signs.",
        "RFC 9110 §5.5",
        "Field values containing other CTL characters are also invalid",
    ),
    "head-too-large": Rule(
        "Start line and header fields together are larger than Inspector takes: {detail}.",
        "Most often it is a Cookie that has grown. Delete the site's cookies.",
        "RFC 9110 §5.4",
        _LARGE_FIELDS,
        431,
    ),
    "too-many-fields": Rule(
        "There are more header fields than Inspector takes: {detail}.",
        "Look for the program, or the loop of proxies, that adds a field again and again.",
        "RFC 9110 §5.4",
        _LARGE_FIELDS,
        431,
    ),
    # whom it is for
    "host-missing": Rule(
        "The Host field is missing. With many sites on one address, a server could only guess which one is meant.",
        "Send Host: with the name from the address.",
        "RFC 9112 §3.2",
        _BAD_HOST,
    ),
    "host-repeated": Rule(
        "There is more than one Host field. Two programs could each believe another one.",
        "Send Host once.",
        "RFC 9112 §3.2",
        _BAD_HOST,
    ),
    "host-invalid": Rule(
        "This is not a host name, with or without a port: {detail}.",
        "It is written example.com, example.com:8080, 192.0.2.1 or [2001:db8::1]; ports go up to 65535.",
        "RFC 9112 §3.2",
        _BAD_HOST,
    ),
    "userinfo": Rule(
        "There is an @ in the host: a user name before it. It is an old trick to make an address look like another's.",
        "Send a user name and password in an Authorization field.",
        "RFC 9110 §4.2.4",
        _NO_USERINFO,
    ),
    "connect-target": Rule(
        "CONNECT must be followed by a host, a colon and a port from 1 to 65535, but here stands {detail}.",
        "It is written CONNECT example.com:443 HTTP/1.1.",
        "RFC 9110 §9.3.6",
        "A server MUST reject a CONNECT request that targets an empty or invalid port number, typically by responding "
        "with a 400 (Bad Request) status code.",
    ),
    "connect-body": Rule(
        "A CONNECT request announces a body, but what comes after it already belongs into the tunnel.",
        "Leave away Content-Length and Transfer-Encoding.",
        "RFC 9110 §9.3.6",
        "A CONNECT request message does not have content.",
    ),
    # where the message ends
    "length-invalid": Rule(
        "Content-Length is not a plain decimal number: {detail}.",
        "It is the number of bytes of the body, in digits only: no sign, no point, no 0x.",
        "RFC 9112 §6.3",
        _BAD_LENGTH,
    ),
    "length-repeated": Rule(
        "Content-Length is given more than once. If two programs choose differently, the rest of the body is read as a "
        "new message.",
        "Send it once. Two layers of a program may each have added it.",
        "RFC 9112 §6.3",
        _BAD_LENGTH,
    ),
    "length-too-large": Rule(
        "Content-Length is a number that no program can count with: {detail}.",
        "It is the number of bytes of the body.",
        "RFC 9110 §8.6",
        _LARGE_NUMBER,
    ),
    "length-with-coding": Rule(
        "Content-Length and Transfer-Encoding both say where the body ends. If two programs believe different ones, "
        "one of them reads the rest as a new message: this is request smuggling.",
        "Send one of them. With a body of known size Content-Length, else Transfer-Encoding: chunked.",
        "RFC 9112 §6.3",
        "Such a message might indicate an attempt to perform request smuggling",
    ),
    "coding-old-version": Rule(
        "Transfer-Encoding stands in an HTTP/1.0 message. That version does not know it, so its end is doubtful.",
        "Send HTTP/1.1 in the first line, or a Content-Length.",
        "RFC 9112 §6.1",
        "A server or client that receives an HTTP/1.0 message containing a Transfer-Encoding header field MUST treat "
        "the message as if the framing is faulty",
    ),
    "coding-repeated": Rule(
        "The transfer coding chunked is given more than once.",
        "Send Transfer-Encoding: chunked once.",
        "RFC 9112 §6.1",
        "A sender MUST NOT apply the chunked transfer coding more than once to a message body",
    ),
    "coding-unknown": Rule(
        "Inspector knows one transfer coding, chunked, and this message has another: {detail}.",
        "To compress a body use Content-Encoding; Transfer-Encoding: chunked only says how it is cut in pieces.",
        "RFC 9112 §6.1",
        "A server that receives a request message with a transfer coding it does not understand SHOULD respond with "
        "501 (Not Implemented).",
        501,
    ),
    "coding-invalid": Rule(
        "Transfer-Encoding does not hold the name of a coding: {detail}.",
        "Send Transfer-Encoding: chunked, with nothing before or after the word.",
        "RFC 9112 §6.3",
        "the message body length cannot be determined reliably; the server MUST respond with the 400 (Bad Request) "
        "status code and then close the connection",
    ),
    # chunks
    "chunk-size": Rule(
        "A chunk does not begin with its size in hexadecimal digits.",
        "Each chunk is: size in hexadecimal, CR LF, so many bytes, CR LF. The size has no 0x, no sign, no spaces.",
        "RFC 9112 §7.1",
        "The chunk-size field is a string of hex digits indicating the size of the chunk-data in octets.",
    ),
    "chunk-size-too-large": Rule(
        "The size of a chunk is a number that no program can count with.",
        "Send the size of the chunk alone, in hexadecimal, with no more digits than it needs.",
        "RFC 9112 §7.1",
        "recipients MUST anticipate potentially large hexadecimal numerals and prevent parsing errors due to integer "
        "conversion overflows or precision loss due to integer representation",
    ),
    "chunk-extension": Rule(
        "What follows the size of a chunk is not a well-formed extension.",
        "Almost nobody needs extensions: end the line after the size.",
        "RFC 9112 §7.1.1",
        'chunk-ext = *( BWS ";" BWS chunk-ext-name [ BWS "=" BWS chunk-ext-val ] )',
    ),
    "chunk-extensions-too-large": Rule(
        "The extensions of the chunks are together larger than Inspector takes: {detail}.",
        "Almost nobody needs extensions: end the line after the size.",
        "RFC 9112 §7.1.1",
        "A server ought to limit the total length of chunk extensions received in a request to an amount reasonable "
        "for the services provided",
    ),
    "chunk-line-too-long": Rule(
        "The line with the size of a chunk is longer than Inspector takes: {detail}.",
        "Almost nobody needs extensions: end the line after the size.",
        "RFC 9112 §7.1.1",
        "A server ought to limit the total length of chunk extensions received in a request to an amount reasonable "
        "for the services provided",
    ),
    "chunk-end": Rule(
        "After the bytes of a chunk there is no CR LF: the chunk is longer or shorter than its size says.",
        "Count bytes, not characters: é is two of them. The size is written in hexadecimal.",
        "RFC 9112 §7.1",
        "chunk = chunk-size [ chunk-ext ] CRLF chunk-data CRLF",
    ),
    "trailer-forbidden": Rule(
        "The field {detail} stands after the body, where it comes too late to be obeyed.",
        "Send it in the head.",
        "RFC 9110 §6.5.1",
        "A sender MUST NOT generate a trailer field unless the sender knows the corresponding header field name's "
        "definition permits the field to be sent in trailers.",
    ),
    "trailers-too-large": Rule(
        "The fields after the body are larger than Inspector takes: {detail}.",
        "Send less in them.",
        "RFC 9110 §5.4",
        _LARGE_FIELDS,
        431,
    ),
    "body-cut-short": Rule(
        "The connection was closed before the body was complete: {detail}.",
        "The sender gave up, or announced more than it sent. Count bytes, not characters.",
        "RFC 9112 §8",
        "A message that uses a valid Content-Length is incomplete if the size of the message body received (in "
        "octets) is less than the value given by Content-Length.",
    ),
    # TLS
    "tls-not-tls": Rule(
        "These are not the first bytes of a TLS handshake ({detail}).",
        "Is HTTPS spoken on this port? Try http:// instead, or another port.",
        "RFC 8446 §5.1",
        "Implementations MUST NOT send record types not defined in this document unless negotiated by some extension.",
    ),
    "tls-malformed": Rule(
        "The first message of the TLS handshake cannot be read ({detail}).",
        "Something other than a TLS program wrote it, or it was damaged.",
        "RFC 8446 §6",
        "Peers which receive a message which cannot be parsed according to the syntax",
    ),
    "tls-too-large": Rule(
        "The first message of the TLS handshake is larger than Inspector takes: {detail}.",
        "No browser sends so much. Something other than a TLS program wrote it.",
        "RFC 8446 §6",
        "Peers which receive a message which cannot be parsed according to the syntax",
    ),
}
