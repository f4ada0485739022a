"""Content credentials of stored videos: kept, signed, or missing until the sweeper signs them."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from keepreel import aws, sweeper
from keepreel.db.tables import Video
from keepreel.media import content_credentials, content_signer, storage
from keepreel.media.content_credentials import Credential, CredentialState, Generation, Signer
from keepreel.settings import settings
from keepreel.workflow import credentials, notifications
from local.aws import test_certificate as certificates
from local.stack import Stack
from tests.faults.test_crashes import Killed, killing
from tests.workflow_driver import create_video, facts, now, step

Limit = Callable[..., None]


@pytest.fixture
def finished() -> Video:
    """A video that the provider has finished and that is not saved yet."""
    video = create_video()
    step("queued", video)
    assert step("processing", video) == "saving"
    return video


@pytest.fixture
def foreign(finished: Video, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """The finished video, whose provider has signed its file with a certificate that is not ours."""
    signed: list[bytes] = []
    prepare = credentials.prepare

    def sign_as_the_provider(video: Video, source: Path) -> credentials.CredentialedFile:
        certificate = certificates.create()
        target = source.with_name("foreign.mp4")
        generation = Generation(title="", provider="x", model="x", prompt_hmac="", generated_at="2026-11-28T09:00:00Z")
        signer = Signer(chain=certificate["certificate"], private_key=certificate["private_key"])
        content_credentials.sign(source, target, generation=generation, signer=signer)
        signed.append(target.read_bytes())
        return prepare(video, target)

    monkeypatch.setattr(credentials, "prepare", sign_as_the_provider)
    assert step("saving", finished) == "completed"
    return signed[0]


@pytest.fixture
def broken_key(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> Signer:
        raise KeyError("private_key")

    monkeypatch.setattr(content_signer, "load", broken)


def content(video: Video) -> bytes:
    return aws.s3().get_object(Bucket=settings().media_bucket, Key=storage.video_key(video))["Body"].read()


def read(video: Video, folder: Path) -> str:
    path = folder / "stored.mp4"
    path.write_bytes(content(video))
    return content_credentials.read(path, anchors=content_signer.trusted_certificates()).state


def sweep_later(video: Video) -> Video:
    """Let the sweeper check the video, run the workflow step that it starts, and return the record."""
    now(video).update(actions=[Video.next_check_at.set(video.created_at)])
    sweeper.sweep(seconds_left=30)
    assert step("queued", video) == "saving"
    step("saving", video)
    return now(video)


def test_stored_file_is_signed_and_the_record_describes_it(finished: Video, tmp_path: Path) -> None:
    assert step("saving", finished) == "completed"

    record = now(finished)
    assert (record.content_credentials, read(finished, tmp_path)) == ("valid", "valid")
    assert record.sha256 == sha256(content(finished)).hexdigest() != record.source_sha256
    assert record.size_bytes == len(content(finished))
    report = storage.read_report(storage.report_key(finished))
    assert report is not None
    assert finished.final_prompt not in str(report)


@pytest.mark.usefixtures("foreign")
def test_file_with_a_credential_is_stored_byte_for_byte(finished: Video, foreign: bytes) -> None:
    record = now(finished)

    assert content(finished) == foreign
    assert facts(record, "content_credentials", "is_signing_due") == ("untrusted", None)
    assert record.sha256 == sha256(foreign).hexdigest()


@pytest.mark.parametrize(("mode", "state"), [("keep", "absent"), ("off", None)])
def test_file_is_not_changed_unless_the_mode_is_sign(
    mode: str, state: str | None, finished: Video, limit: Limit
) -> None:
    limit(CONTENT_CREDENTIALS=mode)

    assert step("saving", finished) == "completed"

    record = now(finished)
    assert facts(record, "content_credentials", "is_signing_due") == (state, None)
    assert record.sha256 == record.source_sha256 == sha256(content(finished)).hexdigest()


@pytest.mark.usefixtures("broken_key")
def test_signing_failure_stores_the_video_unsigned_and_counts(
    finished: Video, capsys: pytest.CaptureFixture[str]
) -> None:
    assert step("saving", finished) == "completed"

    record = now(finished)
    assert (record.status, record.content_credentials, record.is_signing_due) == ("completed", "absent", True)
    assert record.sha256 == record.source_sha256 == sha256(content(finished)).hexdigest()
    assert record.in_flight_shard is not None
    assert '"SigningFailed":[1.0]' in capsys.readouterr().out.replace(" ", "")


def test_missing_secret_stores_the_video_unsigned_and_counts(
    finished: Video, limit: Limit, capsys: pytest.CaptureFixture[str]
) -> None:
    limit(CONTENT_CREDENTIALS_SECRET_NAME="keepreel/no-such-secret")

    assert step("saving", finished) == "completed"

    record = now(finished)
    assert facts(record, "content_credentials", "is_signing_due") == ("absent", True)
    assert record.sha256 == sha256(content(finished)).hexdigest()
    assert '"SigningFailed":[1.0]' in capsys.readouterr().out.replace(" ", "")


def test_file_that_cannot_be_signed_is_counted_once_and_not_tried_again(
    finished: Video, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def read(source: Path, *, anchors: str) -> Credential:
        return Credential(state=CredentialState.ABSENT, is_signable=False)

    monkeypatch.setattr(content_credentials, "read", read)

    assert step("saving", finished) == "completed"

    assert facts(now(finished), "content_credentials", "is_signing_due", "next_check_at") == ("absent", None, None)
    assert '"SigningFailed":[1.0]' in capsys.readouterr().out.replace(" ", "")


def test_signing_is_tried_less_often_the_older_the_video_is(finished: Video, broken_key: None) -> None:
    step("saving", finished)
    now(finished).update(actions=[Video.created_at.set(datetime.now(UTC) - timedelta(hours=8))])

    record = sweep_later(finished)

    assert record.next_check_at is not None
    assert timedelta(minutes=55) < record.next_check_at - datetime.now(UTC) < timedelta(minutes=65)


def test_sweeper_signs_what_could_not_be_signed(
    finished: Video, stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(content_signer, "load", lambda: 1 / 0)
        step("saving", finished)
    events = len(stack.event_bus.events)
    now(finished).update(actions=[Video.completed_at.set(datetime.now(UTC) - timedelta(hours=3))])

    record = sweep_later(finished)

    assert facts(record, "status", "content_credentials", "is_signing_due") == ("completed", "valid", None)
    assert record.sha256 == sha256(content(finished)).hexdigest() != record.source_sha256
    assert facts(record, "in_flight_shard", "next_check_at") == (None, None)
    assert read(finished, tmp_path) == "valid"
    assert len(stack.event_bus.events) == events, "the event is published once"
    report = storage.read_report(storage.report_key(record))
    assert f'"when": "{record.completed_at:%Y-%m-%dT%H:%M:%S}' in json.dumps(report), "not the time of the sweep"


@pytest.mark.usefixtures("broken_key")
def test_video_that_still_cannot_be_signed_stays_with_the_sweeper(finished: Video) -> None:
    step("saving", finished)

    record = sweep_later(finished)

    assert (record.status, record.is_signing_due) == ("completed", True)
    assert record.next_check_at is not None


def test_signing_that_was_killed_before_the_record_was_written_is_completed(
    finished: Video, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(content_signer, "load", lambda: 1 / 0)
        step("saving", finished)
    put = storage.put_video

    def put_and_die(*args: Any, **options: Any) -> bool:
        put(*args, **options)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(storage, "put_video", put_and_die)
        with pytest.raises(KeyboardInterrupt):
            sweep_later(finished)
    signed = content(finished)

    record = sweep_later(finished)

    assert (content(finished), record.sha256) == (signed, sha256(signed).hexdigest())
    assert (*facts(record, "is_signing_due"), read(finished, tmp_path)) == (None, "valid")


def test_video_that_is_deleted_while_it_is_signed_leaves_no_file(
    finished: Video, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(content_signer, "load", lambda: 1 / 0)
        step("saving", finished)
    load = content_signer.load

    def load_and_delete() -> Signer:
        storage.delete(*storage.keys(finished))
        return load()

    monkeypatch.setattr(content_signer, "load", load_and_delete)

    sweep_later(finished)

    found = aws.s3().list_objects_v2(Bucket=settings().media_bucket, Prefix=f"media/{finished.video_id}/")
    assert found.get("Contents", []) == []


def test_event_is_not_lost_if_the_save_is_repeated_once_signing_works(
    finished: Video, stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(_video: Video) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(content_signer, "load", lambda: 1 / 0)
        patched.setattr(notifications, "publish", die)
        with pytest.raises(KeyboardInterrupt):
            step("saving", finished)
    events = len(stack.event_bus.events)

    step("saving", finished)

    assert len(stack.event_bus.events) == events + 1
    assert facts(now(finished), "content_credentials", "in_flight_shard") == ("valid", None)


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("effect", range(4))  # event (published already), file, report, record
def test_one_kill_at_any_effect_of_signing_later_is_recovered(
    effect: int, moment: str, finished: Video, stack: Stack, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(content_signer, "load", lambda: 1 / 0)
        step("saving", finished)
    events = len(stack.event_bus.events)

    with killing(lambda at: moment if at == effect else "survives"), pytest.raises(Killed):
        step("saving", finished)
    step("saving", finished)

    record = now(finished)
    assert facts(record, "content_credentials", "is_signing_due", "in_flight_shard") == ("valid", None, None)
    assert (record.sha256, read(finished, tmp_path)) == (sha256(content(finished)).hexdigest(), "valid")
    assert storage.read_report(storage.report_key(record)) is not None
    assert len(stack.event_bus.events) == events
