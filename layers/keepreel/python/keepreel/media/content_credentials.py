"""Content credentials (C2PA): sign a video file, and read the credential of one.

The library (`c2pa`) is in a layer of its own, which only the save function has, so it is imported at first use.
https://spec.c2pa.org
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from keepreel.errors import SigningFailed
from keepreel.media.credential_box import has_credential_box
from keepreel.version import VERSION

if TYPE_CHECKING:
    import c2pa
    from c2pa import Reader

_FORMAT = "video/mp4"
# A file above this is hashed in blocks, which bounds the memory. Not every reader understands the blocks yet.
_FLAT_HASH_BYTES = 64 * 1024 * 1024
_BLOCK_KB = 4096
_MAX_REPORT_CHARACTERS = 500_000  # the API returns a report in one response, which may have 6 MB
_BUFFER_BYTES = 1 << 20  # the library reads and writes in pieces of 8 KB
_AI_SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
_GENERATION_LABEL = "com.keepreel.generation"
# Extended key usages of signing certificates: email protection, document signing, C2PA claim signing.
_UNTRUSTED, _EXPIRED = "signingCredential.untrusted", "signingCredential.expired"
_TRUST_CONFIG = "1.3.6.1.5.5.7.3.4\n1.3.6.1.5.5.7.3.36\n1.3.6.1.4.1.62558.2.1\n"


class CredentialState(StrEnum):
    """State of a file's credential, as the C2PA reader reports it.

    untrusted   the signature is right, but its issuer is not one of ours
    tampered    the file or the credential was changed after it was signed
    expired     the certificate has expired, and no timestamp proves that it was valid when it signed
    remote      the file only names a URL where its credential is, which is never fetched
    """

    VALID = "valid"
    UNTRUSTED = "untrusted"
    TAMPERED = "tampered"
    EXPIRED = "expired"
    REMOTE = "remote"
    ABSENT = "absent"


@dataclass(frozen=True, kw_only=True)
class Credential:
    """A file's credential. `report` is the reader's JSON, empty if it is too large to show.

    The library cannot parse every file that players accept. Such a file has no credential and can get none.
    """

    state: CredentialState
    is_signable: bool = True
    report: dict[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, kw_only=True)
class Generation:
    """What the manifest states about a video. `prompt_hmac` has a key, because a short prompt's hash can be guessed."""

    title: str
    provider: str
    model: str
    prompt_hmac: str
    generated_at: str  # ISO 8601, UTC


@dataclass(frozen=True, kw_only=True)
class Signer:
    """A certificate chain (PEM, the signing certificate first), and its key or a function that signs with it.

    `private_key` is PEM in PKCS#8. `sign` takes bytes and returns their ECDSA signature with SHA-256. `timestamp_url`
    is an RFC 3161 timestamp authority; empty for none.
    """

    chain: str
    private_key: str | None = field(default=None, repr=False)
    sign: Callable[[bytes], bytes] | None = field(default=None, repr=False)
    timestamp_url: str = ""

    def without_timestamp(self) -> "Signer":
        return replace(self, timestamp_url="")


def sign(source: Path, target: Path, *, generation: Generation, signer: Signer) -> None:
    """Write the source file with a credential to the target. Replaces an existing credential. Raises SigningFailed."""
    import c2pa

    key_errors: list[Exception] = []
    manifest = json.dumps(_manifest(generation))
    try:
        context = c2pa.Context.from_dict(
            _settings(source.stat().st_size, anchors=signer.chain), signer=_c2pa_signer(signer, key_errors)
        )
        with (
            c2pa.Builder(manifest, context=context) as builder,
            source.open("rb", buffering=_BUFFER_BYTES) as reading,
            target.open("w+b", buffering=_BUFFER_BYTES) as writing,
        ):
            builder.sign(_FORMAT, reading, writing)
    except c2pa.C2paError as error:
        target.unlink(missing_ok=True)
        raise SigningFailed(str(key_errors[0] if key_errors else error)) from error


def read(source: Path, *, anchors: str) -> Credential:
    """Return the file's credential. `anchors` are the certificates (PEM) whose signatures count as valid.

    Nothing is fetched: neither a remote credential nor a revocation list.
    """
    import c2pa

    context = c2pa.Context.from_dict(_settings(source.stat().st_size, anchors=anchors))
    try:
        with source.open("rb", buffering=_BUFFER_BYTES) as file:
            reader = c2pa.Reader.try_create(_FORMAT, file, context=context)
            if reader is None:
                return Credential(state=CredentialState.ABSENT)
            return Credential(state=_state(reader), report=_report(reader))
    except c2pa.C2paError as error:
        return _unreadable(source, error)


def _unreadable(source: Path, error: Exception) -> Credential:
    """Return the credential of a file that the library cannot read."""
    if str(error).startswith("Remote"):
        return Credential(state=CredentialState.REMOTE)
    if has_credential_box(source):
        return Credential(state=CredentialState.TAMPERED)
    return Credential(state=CredentialState.ABSENT, is_signable=False)


def _c2pa_signer(signer: Signer, key_errors: list[Exception]) -> "c2pa.Signer":
    """Return the library's signer. The library hides an error of `signer.sign`, so it is added to `key_errors`."""
    import c2pa

    algorithm, timestamp_url = c2pa.C2paSigningAlg.ES256, signer.timestamp_url or None
    sign = signer.sign
    if sign is None:
        key = (signer.private_key or "").encode()
        return c2pa.Signer.from_info(c2pa.C2paSignerInfo(algorithm, signer.chain.encode(), key, timestamp_url))

    def sign_bytes(content: bytes) -> bytes:
        try:
            return sign(content)
        except Exception as error:
            key_errors.append(error)
            raise

    return c2pa.Signer.from_callback(sign_bytes, algorithm, signer.chain, timestamp_url)


def _settings(size_bytes: int, *, anchors: str) -> dict[str, Any]:
    """Return the library's settings. It silently accepts a name that does not exist, so a test checks their effect."""
    core: dict[str, Any] = {"backing_store_memory_threshold_in_mb": 16}
    if size_bytes > _FLAT_HASH_BYTES:
        core["merkle_tree_chunk_size_in_kb"] = _BLOCK_KB
    trust = {"trust_config": _TRUST_CONFIG, **({"trust_anchors": anchors} if anchors else {})}
    return {"core": core, "verify": {"remote_manifest_fetch": False, "ocsp_fetch": False}, "trust": trust}


def _manifest(generation: Generation) -> dict[str, Any]:
    created = {
        "action": "c2pa.created",
        "when": generation.generated_at,
        "digitalSourceType": _AI_SOURCE_TYPE,
        "softwareAgent": {"name": generation.provider, "version": generation.model},
    }
    generated = {"provider": generation.provider, "model": generation.model, "prompt_hmac": generation.prompt_hmac}
    return {
        "claim_generator_info": [{"name": "Keepreel", "version": VERSION}],
        "title": generation.title,
        "format": _FORMAT,
        "assertions": [
            {"label": "c2pa.actions", "data": {"actions": [created]}},
            {"label": _GENERATION_LABEL, "data": generated},
        ],
    }


def _report(reader: "Reader") -> dict[str, Any]:
    text = reader.json()
    return dict(json.loads(text)) if len(text) <= _MAX_REPORT_CHARACTERS else {}


def _state(reader: "Reader") -> CredentialState:
    state = reader.get_validation_state()
    if state == "Trusted":
        return CredentialState.VALID
    codes = _failure_codes(reader.get_validation_results() or {})
    if codes - {_UNTRUSTED, _EXPIRED} or (state == "Invalid" and not codes):
        return CredentialState.TAMPERED
    return CredentialState.EXPIRED if _EXPIRED in codes else CredentialState.UNTRUSTED


def _failure_codes(results: Mapping[str, Any]) -> set[str]:
    """Return the codes of all failures: of the file's own manifest, and of its ingredients since they were added."""
    ingredients = [it.get("validationDeltas") for it in results.get("ingredientDeltas") or []]
    parts = [it or {} for it in (results.get("activeManifest"), *ingredients)]
    return {failure["code"] for part in parts for failure in part.get("failure") or []}
