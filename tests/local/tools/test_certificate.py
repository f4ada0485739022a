"""`make certificate`: the file for the secret, and the instructions."""

import json
import stat
from pathlib import Path

import pytest

from keepreel.media import content_credentials
from keepreel.media.content_credentials import Generation, Signer
from local.tools import certificate
from tests.factories import media_files

GENERATION = Generation(title="", provider="", model="", prompt_hmac="", generated_at="2026-11-28T09:00:00+00:00")


def test_certificate_signs_and_names_the_organization(tmp_path: Path) -> None:
    path = tmp_path / "new.json"
    source, signed = tmp_path / "source.mp4", tmp_path / "signed.mp4"
    source.write_bytes(media_files().mp4)

    assert certificate.main(["--output", str(path), "--organization", "Example Ltd"]) == 0

    secret = json.loads(path.read_text())
    signer = Signer(chain=secret["certificate"], private_key=secret["private_key"])
    content_credentials.sign(source, signed, generation=GENERATION, signer=signer)
    read = content_credentials.read(signed, anchors=secret["certificate"])
    manifest = read.report["manifests"][read.report["active_manifest"]]
    assert (read.state, manifest["signature_info"]["issuer"]) == ("valid", "Example Ltd")


def test_certificate_is_readable_by_this_user_alone_and_the_instructions_say_what_it_is_worth(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "new.json"

    certificate.main(["--output", str(path), "--organization", "Example Ltd", "--secret", "my/secret"])

    printed = capsys.readouterr().out
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "public verifiers show its issuer as unknown" in printed
    assert f"aws secretsmanager create-secret --name my/secret --secret-string file://{path}" in printed
    assert json.loads(path.read_text())["private_key"] not in printed


def test_existing_file_is_not_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "used.json"
    path.write_text("in use")

    assert certificate.main(["--output", str(path), "--organization", "Example Ltd"]) == 1

    assert path.read_text() == "in use"
    assert [it.name for it in tmp_path.iterdir()] == ["used.json"]
    assert "exists already" in capsys.readouterr().err
