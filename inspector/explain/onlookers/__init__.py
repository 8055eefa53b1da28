"""Who sees what: the same exchange as somebody on the same network saw it, as Inspector saw it, and as the site saw it.

The network's column is the way between Inspector and the site, since a proxy on one's own computer is not there in real life. It holds nothing
that was not on that wire: no CONNECT, no Proxy fields. For https its bytes are the ciphertext, as far as that was kept.
"""

from inspector.explain.onlookers.model import Glimpse, Moment, Onlookers, Sight, Wire
from inspector.explain.onlookers.telling import who_sees_what

__all__ = ["Glimpse", "Moment", "Onlookers", "Sight", "Wire", "who_sees_what"]
