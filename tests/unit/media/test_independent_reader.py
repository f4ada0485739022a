"""An implementation of C2PA by other authors (@trustnxt/c2pa-ts, in Node.js) agrees about our signed files."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from keepreel.media import content_credentials
from keepreel.media.content_credentials import Generation, Signer
from local.aws import test_certificate as certificates
from local.paths import ROOT
from tests.factories import media_files
from tests.unit.media.mp4_boxes import boxes

_READER = ROOT / "tests/page/read-credentials.js"
_GENERATION = Generation(
    title="AI-generated video",
    provider="Kling",
    model="kling-2.6",
    prompt_hmac="0",
    generated_at="2026-11-28T09:00:00Z",
)


@pytest.fixture(scope="module")
def node() -> str:
    """Return the path of Node.js. Required in CI; elsewhere the tests are skipped without it."""
    found = shutil.which("node")
    if found and (ROOT / "node_modules/@trustnxt/c2pa-ts").exists():
        return found
    reason = "the independent C2PA reader needs Node.js and `make page-tools`"
    if os.environ.get("CI") == "true":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def test_independent_reader_agrees_on_signed_changed_and_unsigned_files(node: str, tmp_path: Path) -> None:
    unsigned, signed = tmp_path / "unsigned.mp4", tmp_path / "signed.mp4"
    unsigned.write_bytes(media_files().mp4)
    certificate = certificates.create()
    signer = Signer(chain=certificate["certificate"], private_key=certificate["private_key"])
    content_credentials.sign(unsigned, signed, generation=_GENERATION, signer=signer)
    changed = {name: _change(signed, box=name) for name in ("mdat", "moov")}

    done = subprocess.run(
        [node, _READER, unsigned, signed, *changed.values()], cwd=ROOT, capture_output=True, text=True, check=True
    )

    states = json.loads(done.stdout)
    assert (states[str(unsigned)], states[str(signed)]) == ("absent", "valid")
    assert {name: states[str(path)] for name, path in changed.items()} == {
        "mdat": ["assertion.bmffHash.mismatch"],
        "moov": ["assertion.bmffHash.mismatch"],
    }


def _change(signed: Path, *, box: str) -> Path:
    content = bytearray(signed.read_bytes())
    start, end = boxes(bytes(content))[box]
    content[end - (end - start) // 4] ^= 1
    target = signed.with_name(f"{box}.mp4")
    target.write_bytes(content)
    return target
