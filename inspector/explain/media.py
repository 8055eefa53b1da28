"""Media types: what kind of content each names, for the middle of a sentence. One table."""

from __future__ import annotations

MEDIA: dict[str, str] = {
    "text/html": "a web page",
    "application/xhtml+xml": "a web page, written as XML",
    "text/css": "a style sheet, which says how a page looks",
    "text/javascript": "a script, a program that runs in the page",
    "application/javascript": "a script, a program that runs in the page (an old name for text/javascript)",
    "application/x-javascript": "a script, a program that runs in the page (an old name for text/javascript)",
    "application/ecmascript": "a script, a program that runs in the page (an old name for text/javascript)",
    "application/wasm": "a WebAssembly program, which runs in the page",
    "application/json": "data as JSON, for a program to read",
    "application/ld+json": "linked data as JSON, for search engines to read",
    "application/manifest+json": "a web app's manifest: its name, icons and colours",
    "application/problem+json": "an error, told to a program as JSON (RFC 9457)",
    "application/vnd.api+json": "data as JSON, in the form of JSON:API",
    "application/geo+json": "places as JSON, for maps",
    "application/graphql-response+json": "the answer to a GraphQL query",
    "application/graphql": "a GraphQL query",
    "application/x-ndjson": "data as JSON, one piece a line",
    "application/json-seq": "data as JSON, one piece after another",
    "application/cbor": "data as CBOR, a binary kin of JSON",
    "application/msgpack": "data as MessagePack, a binary kin of JSON",
    "application/xml": "data as XML",
    "text/xml": "data as XML",
    "application/rss+xml": "a news feed (RSS)",
    "application/atom+xml": "a news feed (Atom)",
    "application/soap+xml": "a message of a SOAP web service",
    "application/grpc": "a gRPC message",
    "application/grpc-web": "a gRPC message, for browsers",
    "application/x-protobuf": "data as Protocol Buffers",
    "text/plain": "plain text",
    "text/csv": "a table as text, values separated by commas",
    "text/markdown": "text in Markdown",
    "text/calendar": "calendar entries",
    "text/vcard": "a contact",
    "text/event-stream": "a stream of events, which the server sends as they happen",
    "application/x-www-form-urlencoded": "a form's fields, written like a query",
    "multipart/form-data": "a form's fields, each as a part of its own; this is how files are sent",
    "multipart/byteranges": "several parts of one thing",
    "multipart/mixed": "several things in one body",
    "multipart/x-mixed-replace": "pictures that replace one another, as from a camera",
    "image/png": "a picture (PNG: exact, for drawings and screens)",
    "image/jpeg": "a picture (JPEG: for photographs, not exact)",
    "image/gif": "a picture (GIF: few colours, may move)",
    "image/webp": "a picture (WebP: smaller than JPEG and PNG)",
    "image/avif": "a picture (AVIF: smaller still)",
    "image/jxl": "a picture (JPEG XL)",
    "image/svg+xml": "a drawing of lines and shapes (SVG), written as XML",
    "image/x-icon": "a small icon",
    "image/vnd.microsoft.icon": "a small icon",
    "image/bmp": "a picture, not compressed",
    "image/tiff": "a picture (TIFF)",
    "font/woff2": "a font (WOFF2)",
    "font/woff": "a font (WOFF)",
    "font/ttf": "a font (TrueType, not compressed)",
    "font/otf": "a font (OpenType, not compressed)",
    "application/font-woff": "a font (WOFF, by its old name)",
    "application/vnd.ms-fontobject": "a font for Internet Explorer",
    "audio/mpeg": "sound (MP3)",
    "audio/ogg": "sound (Ogg)",
    "audio/wav": "sound, not compressed",
    "audio/webm": "sound (WebM)",
    "video/mp4": "a film (MP4)",
    "video/webm": "a film (WebM)",
    "video/ogg": "a film (Ogg)",
    "video/mp2t": "a piece of a film",
    "application/vnd.apple.mpegurl": "a list of a film's pieces (HLS)",
    "application/dash+xml": "a list of a film's pieces (DASH)",
    "application/pdf": "a PDF document",
    "application/zip": "a ZIP archive",
    "application/gzip": "a file compressed with gzip",
    "application/octet-stream": "bytes that nobody has named; browsers offer to save them",
    "application/x-tar": "a tar archive",
    "application/x-pem-file": "a key or certificate as text (PEM)",
    "application/x-x509-ca-cert": "a certificate authority's certificate, to be installed",
    "application/pkix-cert": "a certificate",
    "application/ocsp-response": "proof that a certificate is not revoked (OCSP)",
    "application/dns-message": "a DNS message over HTTPS",
    "application/dns-json": "a DNS answer as JSON, over HTTPS",
    "application/reports+json": "reports that a browser sends about what it blocked or what failed",
    "application/csp-report": "a report that a browser sends about what its content security policy blocked",
    "application/speculationrules+json": "rules about which pages a browser may load ahead",
    "message/http": "an HTTP message, as in the answer to TRACE",
}

_FAMILIES = {
    "image": "a picture",
    "audio": "sound",
    "video": "a film",
    "font": "a font",
    "text": "text",
    "model": "a three-dimensional model",
    "multipart": "several parts in one body",
    "message": "a message",
}


def look_up(media: str) -> str:
    """What a media type (in lower case, without parameters) names; empty if it isn't known here."""
    found = MEDIA.get(media)
    if found:
        return found
    family, _, kind = media.partition("/")
    if not kind:
        return ""
    if kind.endswith("+json"):
        return "data as JSON, in a form of its own"
    if kind.endswith("+xml"):
        return "data as XML, in a form of its own"
    if kind.endswith("+zip"):
        return "an archive in a form of its own"
    return _FAMILIES.get(family, "")
