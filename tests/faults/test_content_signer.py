"""The signer of content credentials: a key in KMS, and a timestamp authority."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils

from keepreel import aws
from keepreel.db.tables import Video
from keepreel.media import content_credentials, content_signer
from keepreel.media.content_credentials import Generation, Signer
from keepreel.settings import settings
from local.aws import test_certificate as certificates
from tests.factories import media_files
from tests.workflow_driver import create_video, now, step

Limit = Callable[..., None]


@pytest.fixture
def finished() -> Video:
    """A video that the provider has finished and that is not saved yet."""
    video = create_video()
    step("queued", video)
    assert step("processing", video) == "saving"
    return video


def test_timestamp_authority_that_does_not_respond_costs_the_timestamp_only(finished: Video, limit: Limit) -> None:
    limit(TIMESTAMP_URL="http://127.0.0.1:9/")

    assert step("saving", finished) == "completed"

    assert now(finished).content_credentials == "valid"


def test_former_certificate_is_trusted_also_if_the_secret_has_no_line_break_before_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    read, name = aws.secret, settings().content_credentials_secret_name
    own, former = read(name), certificates.create()
    root = former["certificate"][former["certificate"].rindex("-----BEGIN") :]
    secret = {**own, "certificate": own["certificate"].strip(), "trusted": root}
    monkeypatch.setattr(aws, "secret", lambda it, **options: secret if it == name else read(it, **options))
    source, signed = tmp_path / "source.mp4", tmp_path / "signed.mp4"
    source.write_bytes(media_files().mp4)
    generation = Generation(title="", provider="", model="", prompt_hmac="", generated_at="2026-11-28T09:00:00+00:00")
    signer = Signer(chain=former["certificate"], private_key=former["private_key"])
    content_credentials.sign(source, signed, generation=generation, signer=signer)

    assert content_credentials.read(signed, anchors=content_signer.trusted_certificates()).state == "valid"


def test_key_in_kms_signs(finished: Video, limit: Limit, monkeypatch: pytest.MonkeyPatch) -> None:
    requests: list[dict[str, Any]] = []
    secret = aws.secret(settings().content_credentials_secret_name)

    def sign(**request: Any) -> dict[str, bytes]:
        requests.append(request)
        return {"Signature": _sign_digest(secret["private_key"], request["Message"])}

    limit(CONTENT_CREDENTIALS_KMS_KEY_ID="arn:aws:kms:eu-west-1:123456789012:key/test")
    monkeypatch.setattr(aws.kms(), "sign", sign)

    assert step("saving", finished) == "completed"

    assert now(finished).content_credentials == "valid"
    assert {(it["MessageType"], it["SigningAlgorithm"], len(it["Message"])) for it in requests} == {
        ("DIGEST", "ECDSA_SHA_256", 32)
    }


def _sign_digest(private_key: str, digest: bytes) -> bytes:
    key = serialization.load_pem_private_key(private_key.encode(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key.sign(digest, ec.ECDSA(utils.Prehashed(hashes.SHA256())))
