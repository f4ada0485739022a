"""Read the content credentials of MP4 files with the C2PA library alone, and print their states as JSON.

Usage: python -m tests.local.cli.read_credentials test-certificate.json a.mp4 b.mp4
"""

import json
import sys
from pathlib import Path

import c2pa


def state(path: Path, *, anchors: str) -> str:
    """Return the library's own word: Trusted, Valid (by an unknown issuer), Invalid, or absent."""
    settings = {
        "trust": {"trust_anchors": anchors, "trust_config": "1.3.6.1.5.5.7.3.4\n"},
        "verify": {"remote_manifest_fetch": False, "ocsp_fetch": False},
    }
    with path.open("rb") as file:
        reader = c2pa.Reader.try_create("video/mp4", file, context=c2pa.Context.from_dict(settings))
        return "absent" if reader is None else str(reader.get_validation_state())


def main(certificate: Path, *paths: Path) -> None:
    anchors = json.loads(certificate.read_text(encoding="utf-8"))["certificate"]
    sys.stdout.write(json.dumps({it.name: state(it, anchors=anchors) for it in paths}))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
