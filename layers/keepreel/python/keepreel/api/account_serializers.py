"""Serialize exports and erasures to JSON."""

from typing import TYPE_CHECKING, Any

from keepreel.api.json_values import iso_time
from keepreel.db.request_items import ErasureReceipt

if TYPE_CHECKING:
    from keepreel.people.export import Export


def export_json(export: "Export") -> dict[str, Any]:
    return {
        "status": "ready" if export.url else "in_progress",
        "url": export.url,
        "expires_at": iso_time(export.expires_at),
    }


def erasure_json(erasure_id: str, stored: ErasureReceipt | None = None) -> dict[str, Any]:
    """Return the state of an erasure, with the signed receipt once everything is removed."""
    receipt = stored.receipt if stored else None
    return {
        "id": erasure_id,
        "status": "completed" if receipt else "in_progress",
        "receipt": receipt,
        "signature": stored.signature if stored else None,
        "links": {"self": f"/v1/erasures/{erasure_id}"},
    }
