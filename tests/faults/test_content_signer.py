"""The signer of content credentials: a key in KMS, and a timestamp authority."""

from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils

from keepreel import aws
from keepreel.db.tables import Video
from keepreel.settings import settings
from local.aws import test_certificate as certificates
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


def test_certificates_that_end_without_a_line_break_are_trusted(
    finished: Video, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, name = aws.secret, settings().content_credentials_secret_name
    own = read(name)
    former = certificates.create()
    secret = {**own, "certificate": own["certificate"].strip(), "trusted": former["certificate"].strip()}
    monkeypatch.setattr(aws, "secret", lambda it, **options: secret if it == name else read(it, **options))

    assert step("saving", finished) == "completed"

    assert now(finished).content_credentials == "valid"


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
