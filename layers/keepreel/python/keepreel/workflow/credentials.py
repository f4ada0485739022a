"""Content credentials of a video's file: keep and read an existing one, or sign the file before it is stored.

Nothing here may lose a video: if signing fails, the file is stored without a credential and signed later.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import file_digest
from pathlib import Path
from typing import Any

from pynamodb.exceptions import UpdateError
from pynamodb.expressions.update import Action

from keepreel import aws, signing
from keepreel.db.status import Status
from keepreel.db.tables import Video
from keepreel.errors import SigningFailed
from keepreel.logs import logger
from keepreel.media import content_credentials, content_signer, storage, workspace
from keepreel.media.content_credentials import Credential, CredentialState, Generation, Signer
from keepreel.providers import registry
from keepreel.settings import settings
from keepreel.workflow.alerts import count_signing_failure
from keepreel.workflow.step import Step

_TITLE = "AI-generated video"


@dataclass(frozen=True, kw_only=True)
class CredentialedFile:
    """The file to store. `state` is None if credentials are off; `is_signing_due` if signing failed."""

    path: Path
    state: CredentialState | None
    report: dict[str, Any] = field(default_factory=dict, repr=False)
    is_signing_due: bool = False


def prepare(video: Video, source: Path) -> CredentialedFile:
    """Return the file to store for this source file. A file that has a credential is never changed."""
    mode = settings().content_credentials
    if mode == "off":
        return CredentialedFile(path=source, state=None)
    try:
        credential = content_credentials.read(source, anchors=_anchors())
        if credential.state != CredentialState.ABSENT or mode == "keep":
            return _as_it_is(source, credential)
        if not credential.is_signable:  # also later, so the sweeper would try in vain
            count_signing_failure(video, SigningFailed("the C2PA library cannot parse this file"))
            return _as_it_is(source, credential)
        return _signed(video, source)
    except Exception as error:  # noqa: BLE001  # whatever the library, the key or the disk raise, the video is stored
        count_signing_failure(video, error)
        return CredentialedFile(path=source, state=CredentialState.ABSENT, is_signing_due=mode == "sign")


def inspect(video: Video, path: Path) -> CredentialedFile:
    """Return a file that is stored already, with the state of its credential."""
    if settings().content_credentials == "off":
        return CredentialedFile(path=path, state=None)
    try:
        credential = content_credentials.read(path, anchors=_anchors())
    except Exception as error:  # noqa: BLE001  # as in `prepare`
        count_signing_failure(video, error)
        credential = Credential(state=CredentialState.ABSENT)
    is_unsigned = credential.state == CredentialState.ABSENT
    return CredentialedFile(
        path=path,
        state=credential.state,
        report=credential.report,
        is_signing_due=is_unsigned and credential.is_signable and settings().content_credentials == "sign",
    )


def facts(file: CredentialedFile, *, source_sha256: str | None) -> list[Action]:
    """Return what the record says about the stored file. The provider's file has a hash of its own if it differs."""
    sha256 = _sha256(file.path)
    actions = [Video.size_bytes.set(file.path.stat().st_size), Video.sha256.set(sha256)]
    if source_sha256 not in (None, sha256):
        actions.append(Video.source_sha256.set(source_sha256))
    if file.state is not None:
        actions.append(Video.content_credentials.set(file.state))
    return [*actions, Video.is_signing_due.set(True) if file.is_signing_due else Video.is_signing_due.remove()]


def sign_later(video: Video) -> Step:
    """Sign the stored file of a completed video whose signing failed. Safe to repeat and to run in parallel.

    The signed file replaces the stored one in one conditional write, and then the record describes it. If only the
    record was not written, the next run finds the file signed.
    """
    with workspace.folder() as folder:
        key, stored = storage.video_key(video), folder / "stored.mp4"
        etag = storage.fetch(key, stored).etag
        file = prepare(video, stored)
        is_replaced = file.path == stored or storage.put_video(
            key, file.path, source_sha256=video.source_sha256, replaces=etag
        )
        if is_replaced and not file.is_signing_due:
            if file.report:
                storage.put_report(storage.report_key(video), file.report)
            _record(video, file)
    return Step(status=Status.COMPLETED)


def _record(video: Video, file: CredentialedFile) -> None:
    described = facts(file, source_sha256=video.source_sha256)
    actions = [*described, Video.in_flight_shard.remove(), Video.next_check_at.remove(), Video.is_published.remove()]
    try:
        video.update(actions=actions, condition=(Video.status == Status.COMPLETED) & Video.is_signing_due.exists())
    except UpdateError as error:
        if not aws.is_failed_condition(error):
            raise  # otherwise it was deleted meanwhile, or another worker has recorded it


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _as_it_is(source: Path, credential: Credential) -> CredentialedFile:
    return CredentialedFile(path=source, state=credential.state, report=credential.report)


def _signed(video: Video, source: Path) -> CredentialedFile:
    """Sign into a second file, and read it back: a credential that its own reader refuses is worse than none."""
    target, signer = source.with_name("signed.mp4"), content_signer.load()
    generation = Generation(
        title=_TITLE,
        provider=registry.info(video.provider).title,
        model=video.model,
        prompt_hmac=signing.signature("prompt", video.final_prompt).hex(),
        generated_at=(video.completed_at or datetime.now(UTC)).isoformat(timespec="seconds"),
    )
    _sign(source, target, generation=generation, signer=signer)
    credential = content_credentials.read(target, anchors=_anchors())
    if credential.state not in (CredentialState.VALID, CredentialState.UNTRUSTED):
        raise SigningFailed(f"the signed file reads back as {credential.state}")
    return _as_it_is(target, credential)


def _sign(source: Path, target: Path, *, generation: Generation, signer: Signer) -> None:
    """Sign with a timestamp if there is an authority and it responds, otherwise without one."""
    try:
        content_credentials.sign(source, target, generation=generation, signer=signer)
    except SigningFailed:
        if not signer.timestamp_url:
            raise
        content_credentials.sign(source, target, generation=generation, signer=signer.without_timestamp())
        logger.warning("signed without a timestamp", extra={"timestamp_url": signer.timestamp_url})


def _anchors() -> str:
    """Return the certificates that count as valid; none if this deployment has no signing certificate to read."""
    try:
        return content_signer.trusted_certificates()
    except Exception as error:  # noqa: BLE001  # then every foreign credential reads as untrusted
        logger.info("no certificate for content credentials", extra={"reason": type(error).__name__})
        return ""
