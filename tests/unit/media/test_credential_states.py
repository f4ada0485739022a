"""Content credentials that are not simply valid: expired, only remote, or in a file that the library cannot parse."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import c2pa
import pytest

from keepreel.errors import SigningFailed
from keepreel.media import content_credentials
from keepreel.media.content_credentials import Credential, CredentialState, Generation, Signer
from local.aws import test_certificate as certificates
from local.paths import ROOT
from tests.factories import media_files
from tests.unit.media.mp4_boxes import boxes

# expired.mp4 was signed with a certificate that was valid for two seconds, expired.pem.
EXPIRED = ROOT / "tests/data/credentials/expired.mp4"
GENERATION = Generation(title="", provider="", model="", prompt_hmac="", generated_at="2026-11-28T09:00:00+00:00")
XMP_TYPE_ID = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")


@contextmanager
def listening() -> Iterator[socket.socket]:
    """A server that never answers. Pending connections show whether a request was made."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        yield server


def connections(server: socket.socket) -> int:
    count = 0
    while True:
        try:
            connection, _ = server.accept()
        except BlockingIOError:
            return count
        connection.close()
        count += 1


def with_link(content: bytes, *, url: str) -> bytes:
    """Add XMP metadata that names the URL of a credential, as remote manifests do."""
    xmp = (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description rdf:about="" xmlns:dcterms="http://purl.org/dc/terms/" dcterms:provenance="{url}"/>'
        "</rdf:RDF></x:xmpmeta>"
    )
    body = XMP_TYPE_ID + xmp.encode()
    return content + (8 + len(body)).to_bytes(4, "big") + b"uuid" + body


def read(path: Path, content: bytes) -> Credential:
    path.write_bytes(content)
    return content_credentials.read(path, anchors="")


def test_expired_certificate_without_a_timestamp_is_expired() -> None:
    anchors = EXPIRED.with_suffix(".pem").read_text(encoding="utf-8")

    assert content_credentials.read(EXPIRED, anchors=anchors).state == CredentialState.EXPIRED


def test_changed_file_is_tampered_also_if_its_certificate_has_expired(tmp_path: Path) -> None:
    content = bytearray(EXPIRED.read_bytes())
    content[boxes(bytes(content))["mdat"][1] - 100] ^= 1

    assert read(tmp_path / "changed.mp4", bytes(content)).state == CredentialState.TAMPERED


def test_expired_certificate_does_not_sign(tmp_path: Path) -> None:
    certificate = certificates.create(valid_for=timedelta(days=-1))
    signer = Signer(chain=certificate["certificate"], private_key=certificate["private_key"])
    source = tmp_path / "source.mp4"
    source.write_bytes(media_files().mp4)

    with pytest.raises(SigningFailed):
        content_credentials.sign(source, tmp_path / "signed.mp4", generation=GENERATION, signer=signer)


def test_remote_credential_is_never_fetched(tmp_path: Path) -> None:
    path = tmp_path / "remote.mp4"
    with listening() as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}/manifest.c2pa"

        credential = read(path, with_link(media_files().mp4, url=url))

        assert (credential.state, connections(server)) == (CredentialState.REMOTE, 0)


def test_reader_with_its_own_defaults_would_fetch_the_remote_credential(tmp_path: Path) -> None:
    """Otherwise the test above would prove nothing."""
    path = tmp_path / "remote.mp4"
    path.write_bytes(with_link(media_files().mp4, url="http://127.0.0.1:9/manifest.c2pa"))

    with (
        path.open("rb") as file,
        pytest.raises(c2pa.C2paError, match="could not fetch the remote manifest"),
    ):
        c2pa.Reader.try_create("video/mp4", file, context=c2pa.Context.from_dict({}))


@pytest.mark.parametrize("name", ["bytes after the last box", "no ftyp", "padding before ftyp"])
def test_file_that_the_library_cannot_parse_is_absent_and_not_tampered(name: str, tmp_path: Path) -> None:
    content = media_files().mp4
    contents = {
        "bytes after the last box": content + b"these bytes are no box",
        "no ftyp": content[boxes(content)["ftyp"][1] :],
        "padding before ftyp": b"\0\0\0\x10free" + bytes(8) + content,
    }

    credential = read(tmp_path / "file.mp4", contents[name])

    assert (credential.state, credential.is_signable) == (CredentialState.ABSENT, False)


def test_file_with_media_up_to_its_end_or_a_large_box_is_signable(tmp_path: Path) -> None:
    content = media_files().mp4
    start, end = boxes(content)["mdat"]
    to_the_end = content[:start] + bytes(4) + content[start + 4 :]
    large = content[:start] + b"\0\0\0\x01mdat" + (end - start + 8).to_bytes(8, "big") + content[start + 8 :]

    assert {read(tmp_path / "file.mp4", it).is_signable for it in (content, to_the_end, large)} == {True}


class FakeReader:
    """The library's reader of a file with these validation results."""

    def __init__(self, state: str, *, own: list[str], ingredients: list[str]) -> None:
        self.state = state
        self.results = {
            "activeManifest": {"success": [], "failure": [{"code": it} for it in own]},
            "ingredientDeltas": [{"validationDeltas": {"failure": [{"code": it}]}} for it in ingredients],
        }

    def get_validation_state(self) -> str:
        return self.state

    def get_validation_results(self) -> dict[str, Any]:
        return self.results

    def json(self) -> str:
        return "{}"


@pytest.mark.parametrize(
    ("own", "ingredients"),
    [
        ([], ["assertion.hashedURI.mismatch"]),
        (["signingCredential.untrusted"], ["claimSignature.mismatch"]),
        ([], []),
    ],
)
def test_invalid_credential_whose_own_manifest_has_no_failure_is_tampered(
    own: list[str], ingredients: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = FakeReader("Invalid", own=own, ingredients=ingredients)
    monkeypatch.setattr(c2pa.Reader, "try_create", lambda *_, **__: reader)

    assert read(tmp_path / "file.mp4", b"").state == CredentialState.TAMPERED


def test_report_that_is_too_large_for_a_response_is_left_out(tmp_path: Path) -> None:
    certificate = certificates.create()
    signer = Signer(chain=certificate["certificate"], private_key=certificate["private_key"])
    source, signed = tmp_path / "source.mp4", tmp_path / "signed.mp4"
    source.write_bytes(media_files().mp4)
    content_credentials.sign(source, signed, generation=replace(GENERATION, title="x" * 600_000), signer=signer)

    credential = content_credentials.read(signed, anchors="")

    assert (credential.state, credential.report) == (CredentialState.UNTRUSTED, {})
