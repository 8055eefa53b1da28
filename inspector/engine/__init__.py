"""Floor 5: sockets and TLS. Takes connections, forwards exchanges, captures both legs. Renders nothing itself.

How to read it: `server` opens the doors; `client` holds the conversation with the browser and `upstream` the one
with the site; `flow` is one exchange between the two; `dial` and `pool` find connections; `ledger` keeps records.
"""
