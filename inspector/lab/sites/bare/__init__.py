"""One route on bare sockets, beside the same route in Flask (the shop's /try/hello): what a framework does is what is missing here."""
