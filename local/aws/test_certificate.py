"""Self-made certificates for content credentials: a root and a signing certificate; on a laptop, labeled as a test."""

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_VALID_FOR = timedelta(days=3650)  # without a timestamp, a credential becomes invalid when its certificate expires
_TEST = "Keepreel (test certificate, trusted on this machine only)"


def stored(path: Path | None) -> dict[str, str]:
    """Return the test certificate in this file, which is created at the first call; without a file, a new one."""
    if path is None:
        return create()
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):  # another stack has created it meanwhile
            write_new(path, json.dumps(create()))
    return dict(json.loads(path.read_text(encoding="utf-8")))


def write_new(path: Path, text: str) -> None:
    """Write a file that only this user can read. It appears complete. Raises FileExistsError if it is there already."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:  # noqa: PTH123
        file.write(text)
    try:
        path.hardlink_to(draft)
    finally:
        draft.unlink()


def create(
    *, organization: str = _TEST, name: str = "Keepreel test", valid_for: timedelta = _VALID_FOR
) -> dict[str, str]:
    """Return a new chain and private key as PEM, in the format of the content credentials secret."""
    root_key, leaf_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root_name, leaf_name = (_name(f"{name} {it}", organization=organization) for it in ("root", "signer"))
    until = datetime.now(UTC) + valid_for
    root = _sign(
        _builder(root_name, root_name, root_key.public_key(), until=until)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(is_root=True), critical=True),
        root_key,
    )
    leaf = _sign(
        _builder(leaf_name, root_name, leaf_key.public_key(), until=until)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(is_root=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), critical=False),
        root_key,
    )
    private_key = leaf_key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return {"certificate": _pem(leaf) + _pem(root), "private_key": private_key.decode()}


def _name(text: str, *, organization: str) -> x509.Name:
    names = {NameOID.ORGANIZATION_NAME: organization, NameOID.COMMON_NAME: text}
    return x509.Name([x509.NameAttribute(kind, value) for kind, value in names.items()])


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, *, until: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(min(datetime.now(UTC), until) - timedelta(hours=1))
        .not_valid_after(until)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _key_usage(*, is_root: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_root,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=is_root,
        crl_sign=is_root,
        encipher_only=False,
        decipher_only=False,
    )


def _sign(builder: x509.CertificateBuilder, key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    return builder.sign(key, hashes.SHA256())


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def expires_at(certificate: Mapping[str, str]) -> datetime:
    """Return when the signing certificate of a chain expires."""
    return x509.load_pem_x509_certificates(certificate["certificate"].encode())[0].not_valid_after_utc
