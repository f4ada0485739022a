"""The floor of the page: a handler that returns a file."""

from pathlib import Path
from typing import Any

_PAGE = Path(__file__).with_name("store.py").read_text()


def lambda_handler(_event: dict[str, Any], _context: Any) -> dict[str, Any]:
    return {"statusCode": 200, "headers": {"content-type": "text/html"}, "body": _PAGE}
