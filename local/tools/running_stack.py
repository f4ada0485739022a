"""AWS clients of the local stack that `make run` has started on this machine."""

import json
from typing import TYPE_CHECKING

import boto3

from local.paths import ROOT

if TYPE_CHECKING:
    from boto3.session import Session

_STACK_FILE = ROOT / ".keepreel/stack.json"


def session(*, otherwise: str) -> tuple["Session", str]:
    """Return a session and the endpoint of the running stack. Exits with a hint if there is none."""
    if not _STACK_FILE.exists():
        raise SystemExit(f"Start the local stack with `make run`, or {otherwise}")
    stack = json.loads(_STACK_FILE.read_text(encoding="utf-8"))
    # The local stack accepts any key.
    found = boto3.Session(aws_access_key_id="local", aws_secret_access_key="local", region_name=stack["region"])  # noqa: S106
    return found, stack["aws_endpoint"]
