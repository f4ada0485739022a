"""The signer of content credentials: its certificate and key from Secrets Manager, or its key in KMS."""

from hashlib import sha256

from keepreel import aws
from keepreel.media.content_credentials import Signer
from keepreel.settings import settings


def load() -> Signer:
    """Return this deployment's signer. Raises errors of Secrets Manager, and KeyError for an incomplete secret."""
    config = settings()
    secret = aws.secret(config.content_credentials_secret_name)
    if config.content_credentials_kms_key_id:
        return Signer(chain=secret["certificate"], sign=_sign_with_kms, timestamp_url=config.timestamp_url)
    return Signer(chain=secret["certificate"], private_key=secret["private_key"], timestamp_url=config.timestamp_url)


def trusted_certificates() -> str:
    """Return the certificates (PEM) whose signatures are valid for this deployment: its own, and `trusted`, if any."""
    secret = aws.secret(settings().content_credentials_secret_name)
    return "\n".join([secret["certificate"], secret.get("trusted", "")])  # PEM may end without a line break


def _sign_with_kms(content: bytes) -> bytes:
    """Send the hash, because KMS accepts at most 4,096 bytes. Its DER signature is what the library takes."""
    response = aws.kms().sign(
        KeyId=settings().content_credentials_kms_key_id,
        Message=sha256(content).digest(),
        MessageType="DIGEST",
        SigningAlgorithm="ECDSA_SHA_256",
    )
    return response["Signature"]
