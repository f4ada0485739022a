"""Whether the shipped TypeScript types belong to an OpenAPI document. `local/tools/api-types.js` generates them."""

from hashlib import sha256

from local.paths import ROOT

FILE = ROOT / "functions/web/static/api-types.d.ts"


def is_current(openapi: str) -> bool:
    """Return whether the file names the hash of this document, so that the check needs no npm."""
    first_line = FILE.read_text(encoding="utf-8").partition("\n")[0] if FILE.exists() else ""
    return sha256(openapi.encode()).hexdigest() in first_line
