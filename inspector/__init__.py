"""Inspector: an HTTP/HTTPS learning proxy. Every exchange is captured, kept and explained."""

__version__ = "0.1.0"
