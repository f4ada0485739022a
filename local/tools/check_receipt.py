"""Check the signature of an erasure's receipt with a deployment's signing key; docs/privacy.md."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import boto3

from keepreel.people import receipts
from local.tools import account_errors


def main(arguments: Sequence[str] | None = None) -> int:
    """Return 0 for a genuine receipt. The file has the response of `GET /v1/erasures/{id}`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stage", required=True, help="the stage of the deployment")
    parser.add_argument("file", type=Path, help="the saved response of GET /v1/erasures/{id}")
    given = parser.parse_args(arguments)
    response = json.loads(given.file.read_text(encoding="utf-8"))
    with account_errors.one_line(f"Is the stage {given.stage} deployed in this account and region?"):
        secret = boto3.client("secretsmanager").get_secret_value(SecretId=f"keepreel/{given.stage}/signing")
    key = json.loads(secret["SecretString"])["key"]
    is_genuine = receipts.is_genuine(response.get("receipt") or {}, response.get("signature") or "", key=key)
    print("The receipt is genuine." if is_genuine else "The receipt is NOT genuine: this deployment did not sign it.")
    return 0 if is_genuine else 1


if __name__ == "__main__":
    sys.exit(main())
