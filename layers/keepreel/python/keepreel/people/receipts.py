"""Signed receipts of erasures. A receipt has no personal data but a hash of the user's id."""

import hmac
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from pynamodb.exceptions import DoesNotExist
from pynamodb.transactions import TransactWrite

from keepreel import signing
from keepreel.db.request_items import ErasureReceipt
from keepreel.errors import NotFound

_ID = re.compile("[0-9a-f]{32}")
_TTL = timedelta(days=400)


def add_empty(transaction: TransactWrite, erasure_id: str) -> None:
    """Store that the erasure has begun."""
    transaction.save(ErasureReceipt(_key(erasure_id)))


def write(erasure_id: str, *, owner: str, requested_at: datetime, erased: Mapping[str, int]) -> None:
    """Store the signed receipt. A repeated call keeps the first one. Raises STORE_ERRORS."""
    stored = _find(erasure_id)
    if stored is not None and stored.receipt is not None:
        return
    now = datetime.now(UTC)
    receipt = {
        "erasure_id": erasure_id,
        "subject_sha256": sha256(owner.encode()).hexdigest(),
        "requested_at": requested_at.isoformat(timespec="seconds"),
        "completed_at": now.isoformat(timespec="seconds"),
        "erased": dict(erased),
    }
    ErasureReceipt(_key(erasure_id), receipt=receipt, signature=sign(receipt), expires_at=now + _TTL).save()


def read(erasure_id: str) -> ErasureReceipt:
    """Return the stored receipt; its fields are None until the erasure is complete. Raises NotFound."""
    found = _find(erasure_id) if _ID.fullmatch(erasure_id) else None
    if found is None:
        raise NotFound("There is no such erasure. Receipts are kept for 400 days.")
    return found


def sign(receipt: Mapping[str, Any]) -> str:
    """Return the signature of a receipt, in hexadecimal digits."""
    return signing.signature(*_signed(receipt)).hex()


def is_genuine(receipt: Mapping[str, Any], signature: str, *, key: str) -> bool:
    """Return whether the receipt was signed with this key."""
    return hmac.compare_digest(signing.digest(key, *_signed(receipt)).hex().encode(), signature.encode())


def _signed(receipt: Mapping[str, Any]) -> tuple[str, str]:
    return "erasure receipt", json.dumps(receipt, sort_keys=True)


def _find(erasure_id: str) -> ErasureReceipt | None:
    try:
        return ErasureReceipt.get(_key(erasure_id), consistent_read=True)
    except DoesNotExist:
        return None


def _key(erasure_id: str) -> str:
    return f"erasure#{erasure_id}"
