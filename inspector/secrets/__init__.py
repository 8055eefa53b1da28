"""What nobody else should read of an exchange, and how it is replaced where others look on.

One rule for names (`is_secret_name`), one for fields, addresses and bodies (`Hider`). A secret becomes a mark of its own length, so that
every offset and size on a page stays true; the same secret becomes the same mark, so that one still sees that a cookie came back.
Unhappy about secrets that nothing around them calls so, such as a token in the middle of a path.
"""

from inspector.secrets.hider import Hider, is_mark, marks_in
from inspector.secrets.names import is_secret_field, is_secret_name

__all__ = ["Hider", "is_mark", "is_secret_field", "is_secret_name", "marks_in"]
