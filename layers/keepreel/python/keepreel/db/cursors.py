"""Cursors: where a list goes on, signed for that list alone, so that only what a page gave leads anywhere."""

import base64
import hmac

from keepreel import signing
from keepreel.errors import FieldError, InvalidInput

_SIGNATURE_BYTES = 16


def signed(position: str, *context: str | None) -> str:
    """A cursor to this position. `context` is whose list it is, and by what it is filtered; a cursor tells neither."""
    signature = signing.signature("cursor", *context, position)[:_SIGNATURE_BYTES]
    return base64.urlsafe_b64encode(signature + position.encode()).decode().rstrip("=")


def read(cursor: str, *context: str | None) -> str:
    """The position of a cursor that was signed with this context. Raises InvalidInput for anything else.

    The whole text is compared and not the signature alone, since Base64 has several spellings of the same bytes.
    """
    try:
        position = base64.urlsafe_b64decode(cursor + "==")[_SIGNATURE_BYTES:].decode()
        is_ours = hmac.compare_digest(cursor.encode(), signed(position, *context).encode())
    except ValueError:
        is_ours = False
    if not is_ours:
        detail = "Use next_cursor as the last page of this list, with the same filters, gave it."
        raise InvalidInput("The cursor cannot be read.", errors=(FieldError("/cursor", detail),))
    return position
