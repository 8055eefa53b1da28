"""The numbers of TLS and what they are called: alerts, handshake messages, cipher suites, groups, versions."""

from __future__ import annotations

from typing import NamedTuple


class Named(NamedTuple):
    """A number's name in the standards, and one sentence about it for a learner."""

    name: str
    sentence: str


# RFC 8446 §6, and older ones that are still met
ALERTS: dict[int, Named] = {
    0: Named("close_notify", "The sender has nothing more to say and closes the connection in an orderly way."),
    10: Named("unexpected_message", "A message came that has no place at this point of the conversation."),
    20: Named("bad_record_mac", "A record could not be decrypted: it was damaged or altered on its way, or the keys differ."),
    21: Named("decryption_failed", "A record could not be decrypted (a name from TLS 1.0, now bad_record_mac)."),
    22: Named("record_overflow", "A record was larger than TLS allows."),
    30: Named("decompression_failure", "Compressed data could not be unpacked; TLS no longer compresses."),
    40: Named("handshake_failure", "The two sides found no common ground: no cipher suite, curve or signature that both accept."),
    41: Named("no_certificate", "The client has no certificate to show (a name from SSL 3.0)."),
    42: Named("bad_certificate", "The certificate is damaged, or its signature is wrong."),
    43: Named("unsupported_certificate", "The certificate is of a kind that the sender cannot use."),
    44: Named("certificate_revoked", "The authority that signed the certificate has withdrawn it."),
    45: Named("certificate_expired", "The certificate is no longer valid, or not yet: compare its dates with the clock."),
    46: Named("certificate_unknown", "The certificate was not accepted, for a reason that has no alert of its own."),
    47: Named("illegal_parameter", "A value in the handshake contradicts another one, or is out of range."),
    48: Named("unknown_ca", "The certificate leads to an authority that the sender does not trust."),
    49: Named("access_denied", "The certificate is valid, but its owner may not come in here."),
    50: Named("decode_error", "A message could not be read: a field has the wrong length or is out of range."),
    51: Named("decrypt_error", "A signature or a check of the handshake did not come out right."),
    60: Named("export_restriction", "Export rules of the 1990s forbade what was asked for; no longer in use."),
    70: Named("protocol_version", "The sender does not speak the version of TLS that was offered."),
    71: Named("insufficient_security", "What the other side offers is too weak for the sender."),
    80: Named("internal_error", "Something went wrong inside the sender; the other side is not to blame."),
    86: Named("inappropriate_fallback", "The client came with an older version than both sides know, which looks like an attack."),
    90: Named("user_canceled", "The handshake was given up for a reason that has nothing to do with TLS."),
    100: Named("no_renegotiation", "The sender does not want to start a new handshake on this connection."),
    109: Named("missing_extension", "The hello lacks an extension that is needed for what it offers."),
    110: Named("unsupported_extension", "A hello answered with an extension that nobody had asked for."),
    111: Named("certificate_unobtainable", "The certificate could not be fetched from the address given for it."),
    112: Named("unrecognized_name", "The server knows no site of the name that the client asked for (SNI)."),
    113: Named("bad_certificate_status_response", "The proof that the certificate is not revoked (OCSP) is itself not valid."),
    114: Named("bad_certificate_hash_value", "A certificate that was fetched is not the one that was announced."),
    115: Named("unknown_psk_identity", "The server does not know the key that the client wants to use again."),
    116: Named("certificate_required", "The server asks for a client certificate, and the client sent none."),
    120: Named("no_application_protocol", "The two sides share no protocol to speak inside TLS (ALPN), such as h2 or http/1.1."),
    121: Named("ech_required", "The server wants the client to try again with its hello encrypted by other keys."),
}  # fmt: skip

HANDSHAKE_TYPES: dict[int, Named] = {
    0: Named("hello_request", "The server asks the client to begin a new handshake (TLS 1.2 and older)."),
    1: Named("client_hello", "The client says what it can: versions, cipher suites, and, in the open, the name of the site."),
    2: Named("server_hello", "The server chooses version and cipher suite, and sends its half of the key exchange."),
    4: Named("new_session_ticket", "The server hands out a ticket that makes the next connection start faster."),
    5: Named("end_of_early_data", "The data that was sent ahead of the handshake ends here."),
    8: Named("encrypted_extensions", "More choices of the server, from here on encrypted."),
    11: Named("certificate", "The certificate that says who is there, with those that vouch for it."),
    12: Named("server_key_exchange", "The server's half of the key exchange, signed (TLS 1.2 and older)."),
    13: Named("certificate_request", "The server asks the client for a certificate as well."),
    14: Named("server_hello_done", "The server has said its part of the handshake (TLS 1.2 and older)."),
    15: Named("certificate_verify", "A signature over the handshake: the proof of owning the certificate's private key."),
    16: Named("client_key_exchange", "The client's half of the key exchange (TLS 1.2 and older)."),
    20: Named("finished", "A checksum over the whole handshake, made with the new keys: nobody has altered it."),
    22: Named("certificate_status", "A recent proof from the authority that the certificate is not revoked (OCSP)."),
    24: Named("key_update", "The sender changes its keys."),
    25: Named("compressed_certificate", "The certificates, compressed to save a round trip."),
    254: Named("message_hash", "A stand-in for the first hello after the server asked for another one."),
}  # fmt: skip

VERSIONS = {0x0300: "SSL 3.0", 0x0301: "TLS 1.0", 0x0302: "TLS 1.1", 0x0303: "TLS 1.2", 0x0304: "TLS 1.3"}

GROUPS = {
    0x0017: "secp256r1", 0x0018: "secp384r1", 0x0019: "secp521r1", 0x001D: "x25519", 0x001E: "x448",
    0x0100: "ffdhe2048", 0x0101: "ffdhe3072", 0x0102: "ffdhe4096", 0x0103: "ffdhe6144", 0x0104: "ffdhe8192",
    0x11EB: "SecP256r1MLKEM768", 0x11EC: "X25519MLKEM768", 0x11ED: "SecP384r1MLKEM1024",
    0x6399: "X25519Kyber768Draft00",
}  # fmt: skip

CIPHERS = {
    # TLS 1.3
    0x1301: "TLS_AES_128_GCM_SHA256",
    0x1302: "TLS_AES_256_GCM_SHA384",
    0x1303: "TLS_CHACHA20_POLY1305_SHA256",
    0x1304: "TLS_AES_128_CCM_SHA256",
    0x1305: "TLS_AES_128_CCM_8_SHA256",
    # TLS 1.2, forward secret and authenticated
    0xC02B: "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
    0xC02C: "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
    0xC02F: "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
    0xC030: "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
    0xCCA8: "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
    0xCCA9: "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
    0xCCAA: "TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
    0x009E: "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256",
    0x009F: "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384",
    0xC0AC: "TLS_ECDHE_ECDSA_WITH_AES_128_CCM",
    0xC0AD: "TLS_ECDHE_ECDSA_WITH_AES_256_CCM",
    # older, with CBC
    0xC009: "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA",
    0xC00A: "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA",
    0xC013: "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
    0xC014: "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
    0xC023: "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256",
    0xC024: "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384",
    0xC027: "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256",
    0xC028: "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384",
    0x0033: "TLS_DHE_RSA_WITH_AES_128_CBC_SHA",
    0x0039: "TLS_DHE_RSA_WITH_AES_256_CBC_SHA",
    0x0067: "TLS_DHE_RSA_WITH_AES_128_CBC_SHA256",
    0x006B: "TLS_DHE_RSA_WITH_AES_256_CBC_SHA256",
    # older still, without forward secrecy
    0x009C: "TLS_RSA_WITH_AES_128_GCM_SHA256",
    0x009D: "TLS_RSA_WITH_AES_256_GCM_SHA384",
    0x002F: "TLS_RSA_WITH_AES_128_CBC_SHA",
    0x0035: "TLS_RSA_WITH_AES_256_CBC_SHA",
    0x003C: "TLS_RSA_WITH_AES_128_CBC_SHA256",
    0x003D: "TLS_RSA_WITH_AES_256_CBC_SHA256",
    0xC008: "TLS_ECDHE_ECDSA_WITH_3DES_EDE_CBC_SHA",
    0xC012: "TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA",
    0x000A: "TLS_RSA_WITH_3DES_EDE_CBC_SHA",
    0x0005: "TLS_RSA_WITH_RC4_128_SHA",
    0x0004: "TLS_RSA_WITH_RC4_128_MD5",
    # not ciphers, but signs in their list
    0x00FF: "TLS_EMPTY_RENEGOTIATION_INFO_SCSV",
    0x5600: "TLS_FALLBACK_SCSV",
}


def name_of(table: dict[int, str], number: int) -> str:
    """The number's name in that table, or the number itself, as the registries write it."""
    return table.get(number) or f"0x{number:04X}"


def is_grease(number: int) -> bool:
    """RFC 8701: 0x0A0A, 0x1A1A ... 0xFAFA are sent to see whether servers bear what they don't know."""
    return number & 0x0F0F == 0x0A0A and number >> 8 == number & 0xFF
