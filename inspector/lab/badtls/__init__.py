"""The bad-TLS lab: real TLS servers on `*.badtls.inspector.test`, each wrong in one way, and one that is right.

Its chains end in a root of its own, which is not the authority of this home: through the proxy one sees both, and which is which.
`cases` says what there is; `making` makes the certificates, `kept` keeps them; `site` is what answers.
"""
