"""Content credentials: signing, the state that the reader reports, and what signing costs."""

import json
import subprocess
import sys
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from keepreel.errors import SigningFailed
from keepreel.media import content_credentials, thumbnails
from keepreel.media.content_credentials import Generation, Signer
from keepreel.media.mp4 import BoxCheck
from local.aws import test_certificate as certificates
from tests.factories import media_files
from tests.unit.media.mp4_boxes import boxes, write_large

PROMPT = "a secret prompt"
GENERATION = Generation(
    title="AI-generated video",
    provider="Kling",
    model="kling-2.6",
    prompt_hmac=sha256(PROMPT.encode()).hexdigest(),
    generated_at="2026-11-28T09:00:00+00:00",
)


@pytest.fixture(scope="module")
def certificate() -> dict[str, str]:
    return certificates.create()


@pytest.fixture(scope="module")
def signer(certificate: dict[str, str]) -> Signer:
    return Signer(chain=certificate["certificate"], private_key=certificate["private_key"])


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "source.mp4"
    path.write_bytes(media_files().mp4)
    return path


@pytest.fixture
def signed(source: Path, signer: Signer) -> Path:
    target = source.with_name("signed.mp4")
    content_credentials.sign(source, target, generation=GENERATION, signer=signer)
    return target


def state(path: Path, anchors: str) -> str:
    return content_credentials.read(path, anchors=anchors).state


def test_signed_file_is_valid_for_its_own_certificate_only(signed: Path, certificate: dict[str, str]) -> None:
    assert state(signed, certificate["certificate"]) == "valid"
    assert state(signed, certificates.create()["certificate"]) == "untrusted"
    assert state(signed, "") == "untrusted"


def test_file_without_a_credential_is_absent(source: Path) -> None:
    assert state(source, "") == "absent"


def test_manifest_states_how_the_video_was_made_and_not_the_prompt(signed: Path, certificate: dict[str, str]) -> None:
    report = content_credentials.read(signed, anchors=certificate["certificate"]).report

    manifest = report["manifests"][report["active_manifest"]]
    data = {it["label"].removesuffix(".v2"): it["data"] for it in manifest["assertions"]}
    (action,) = data["c2pa.actions"]["actions"]
    assert (action["action"], action["when"]) == ("c2pa.created", GENERATION.generated_at)
    assert action["digitalSourceType"].endswith("/trainedAlgorithmicMedia")
    assert action["softwareAgent"]["name"] == "Kling"
    assert data["com.keepreel.generation"] == {
        "provider": "Kling",
        "model": "kling-2.6",
        "prompt_hmac": GENERATION.prompt_hmac,
    }
    assert PROMPT not in json.dumps(report)
    assert PROMPT.encode() not in signed.read_bytes()


@pytest.mark.parametrize("box", ["mdat", "moov"])
@pytest.mark.parametrize("part", [0.3, 0.6, 0.9])
def test_changed_byte_is_reported_as_tampered(box: str, part: float, signed: Path, certificate: dict[str, str]) -> None:
    content = bytearray(signed.read_bytes())
    start, end = boxes(bytes(content))[box]
    content[start + 8 + int((end - start - 8) * part)] ^= 1
    signed.write_bytes(content)

    assert state(signed, certificate["certificate"]) == "tampered"


def test_broken_structure_of_a_credential_is_reported_as_tampered(signed: Path, certificate: dict[str, str]) -> None:
    content = bytearray(signed.read_bytes())
    start, end = boxes(bytes(content))["uuid"]
    content[start + 60 : end - 20] = bytes(end - start - 80)
    signed.write_bytes(content)

    assert state(signed, certificate["certificate"]) == "tampered"


def test_signed_file_is_still_a_complete_playable_video(signed: Path) -> None:
    content, check = signed.read_bytes(), BoxCheck()
    check.feed(content)
    check.finish()

    assert thumbnails.first_frame(BytesIO(content)).jpeg == media_files().frame.jpeg


def test_function_signs_instead_of_a_key_and_a_der_signature_is_accepted(
    source: Path, certificate: dict[str, str]
) -> None:
    key = serialization.load_pem_private_key(certificate["private_key"].encode(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    signer = Signer(chain=certificate["certificate"], sign=lambda content: key.sign(content, ec.ECDSA(hashes.SHA256())))
    target = source.with_name("signed.mp4")

    content_credentials.sign(source, target, generation=GENERATION, signer=signer)

    assert state(target, certificate["certificate"]) == "valid"


def test_error_of_the_signing_function_is_the_reason_and_leaves_no_file(
    source: Path, certificate: dict[str, str]
) -> None:
    def denied(_: bytes) -> bytes:
        raise PermissionError("kms:Sign is denied")

    target = source.with_name("signed.mp4")

    with pytest.raises(SigningFailed, match="kms:Sign is denied"):
        content_credentials.sign(
            source, target, generation=GENERATION, signer=Signer(chain=certificate["certificate"], sign=denied)
        )
    assert not target.exists()


@pytest.mark.parametrize("broken", ["certificate", "private_key"])
def test_unusable_certificate_or_key_is_a_signing_failure(
    broken: str, source: Path, certificate: dict[str, str]
) -> None:
    secret = {**certificate, broken: "-----BEGIN NOTHING-----\n-----END NOTHING-----\n"}

    with pytest.raises(SigningFailed):
        content_credentials.sign(
            source,
            source.with_name("signed.mp4"),
            generation=GENERATION,
            signer=Signer(chain=secret["certificate"], private_key=secret["private_key"]),
        )


# The bounds of memory are in MB. They hold only with the library's settings that bound it: it silently accepts a
# setting that does not exist, and then 200 MB need 400 MB.
@pytest.mark.parametrize("megabytes", [50, 200])
def test_memory_for_signing_and_reading_is_bounded(megabytes: int, tmp_path: Path) -> None:
    write_large(tmp_path / "source.mp4", megabytes=megabytes)

    done = subprocess.run(
        [sys.executable, "-m", "tests.unit.media.measure_signing", str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
    )

    measured = json.loads(done.stdout)
    assert measured["state"] == "valid"
    assert measured["grew_mb"] <= (80 if megabytes == 50 else 64)


def test_certificate_is_created_once_per_file_and_says_that_it_is_a_test(tmp_path: Path) -> None:
    path = tmp_path / "certificate.json"

    first, second = certificates.stored(path), certificates.stored(path)

    assert first == second
    assert path.stat().st_mode & 0o077 == 0
