"""Pagination cursors, signed for one list so that a cursor from another list is refused."""

import base64
import hmac

from keepreel import signing
from keepreel.errors import FieldError, InvalidInput

_SIGNATURE_BYTES = 16


def encode(position: str, *context: str | None) -> str:
    """Return a cursor for this position. `context` is the list's owner and filters; the cursor reveals neither."""
    signature = signing.signature("cursor", *context, position)[:_SIGNATURE_BYTES]
    return base64.urlsafe_b64encode(signature + position.encode()).decode().rstrip("=")


def decode(cursor: str, *context: str | None) -> str:
    """Return the position of a cursor that was signed with this context. Raises InvalidInput for anything else.

    The whole text is compared, not only the signature, because Base64 has several spellings of the same bytes.
    """
    try:
        position = base64.urlsafe_b64decode(cursor + "==")[_SIGNATURE_BYTES:].decode()
        is_valid = hmac.compare_digest(cursor.encode(), encode(position, *context).encode())
    except ValueError:
        is_valid = False
    if not is_valid:
        detail = "Use next_cursor from the previous page of this list, with the same filters."
        raise InvalidInput("The cursor is not valid.", errors=(FieldError("/cursor", detail),))
    return position
