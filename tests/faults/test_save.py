"""Save a file from the provider's URL to our bucket: complete or not at all."""

from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from typing import Any

import pytest
from botocore.exceptions import ClientError

from keepreel import aws
from keepreel.db import video_records
from keepreel.db.tables import Video
from keepreel.errors import BadVideo, StoreUnavailable, Unreachable
from keepreel.media import download, storage, thumbnails
from keepreel.settings import settings
from local.simulators.kling.simulator import KlingSimulator
from tests.workflow_driver import create_video, now, run, step


@pytest.fixture
def finished() -> Video:
    """A video that the provider has finished and that is not saved yet."""
    video = create_video()
    step("queued", video)
    assert step("processing", video) == "saving"
    return video


def stored(video: Video) -> list[str]:
    found = aws.s3().list_objects_v2(Bucket=settings().media_bucket, Prefix=f"media/{video.video_id}/")
    return sorted(item["Key"].rsplit("/", 1)[1] for item in found.get("Contents", []))


def open_uploads(video: Video) -> list[str]:
    found = aws.s3().list_multipart_uploads(Bucket=settings().media_bucket)
    return [upload["Key"] for upload in found.get("Uploads", []) if video.video_id in upload["Key"]]


def content_of(video: Video) -> bytes:
    return aws.s3().get_object(Bucket=settings().media_bucket, Key=storage.video_key(video))["Body"].read()


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"kind": "expired"}, Unreachable),
        ({"kind": "http", "status": 502}, Unreachable),
        ({"kind": "drop"}, Unreachable),
        ({"kind": "truncate"}, Unreachable),
        ({"kind": "short"}, BadVideo),
        ({"kind": "html"}, BadVideo),
        ({"kind": "oversize", "bytes": 600 * 1024 * 1024}, BadVideo),
        ({"kind": "redirect", "to": "https://127.0.0.1/secret"}, Unreachable),
        ({"kind": "redirect", "to": "http://169.254.169.254/latest/meta-data"}, Unreachable),
        ({"kind": "redirect", "to": "file:///etc/passwd"}, Unreachable),
    ],
    ids=str,
)
def test_faulty_download_stores_nothing_and_the_retry_succeeds(
    fault: dict[str, Any], error: type[Exception], finished: Video, kling: KlingSimulator
) -> None:
    kling.fault(on="download", external_id=finished.video_id, **fault)

    with pytest.raises(error):
        step("saving", finished)

    assert (now(finished).status, stored(finished), open_uploads(finished)) == ("saving", [], [])
    assert run(finished, status="saving").status == "completed"
    assert stored(finished) == ["credentials.json", "thumbnail.jpg", "video.mp4"]


@pytest.mark.parametrize("chunked", [True, False])
def test_file_without_content_length_is_checked_by_its_boxes(
    chunked: bool,  # noqa: FBT001
    finished: Video,
    kling: KlingSimulator,
) -> None:
    kling.fault(on="download", kind="no_length", chunked=chunked, external_id=finished.video_id)

    assert step("saving", finished) == "completed"


def test_redirect_on_the_providers_host_is_followed(finished: Video, kling: KlingSimulator) -> None:
    from keepreel.providers import registry
    from keepreel.workflow import provider_job

    link = registry.adapter("kling").poll(provider_job.without_image(now(finished))).video_url
    kling.fault(on="download", kind="redirect", to=link, external_id=finished.video_id)

    assert step("saving", finished) == "completed"


def test_slow_download_ends_at_the_deadline(
    finished: Video, kling: KlingSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    kling.fault(on="download", kind="drip", part_bytes=16, part_seconds=0.05, external_id=finished.video_id)
    monkeypatch.setattr(download, "_GRACE_SECONDS", 0.2)

    with pytest.raises(Unreachable, match="too slow"):
        step("saving", finished)

    assert (stored(finished), open_uploads(finished)) == ([], [])


def test_undecodable_file_is_not_completed(finished: Video, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreadable(_file: object) -> None:
        raise BadVideo("no frame can be read")

    with monkeypatch.context() as patched:
        patched.setattr(thumbnails, "first_frame", unreadable)
        with pytest.raises(BadVideo):
            step("saving", finished)

    assert now(finished).status == "saving"
    assert run(finished, status="saving").status == "completed"


@pytest.mark.parametrize("operation", ["put_object"])
def test_unavailable_bucket_leaves_no_partial_upload(
    operation: str, finished: Video, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**_: Any) -> None:
        raise ClientError({"Error": {"Code": "SlowDown"}, "ResponseMetadata": {"HTTPStatusCode": 503}}, operation)  # type: ignore[typeddict-item]

    with monkeypatch.context() as patched:
        patched.setattr(aws.s3(), operation, broken)
        with pytest.raises(StoreUnavailable):
            step("saving", finished)

    assert (now(finished).status, open_uploads(finished)) == ("saving", [])
    assert run(finished, status="saving").status == "completed"


def test_second_save_is_a_no_op(finished: Video) -> None:
    step("saving", finished)
    first = now(finished)

    assert step("saving", finished) == "completed"

    assert now(finished).attribute_values == first.attribute_values


def test_parallel_saves_complete_the_video_once(finished: Video) -> None:
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda _: step("saving", finished), range(4))) == ["completed"] * 4

    assert stored(finished) == ["credentials.json", "thumbnail.jpg", "video.mp4"]


def test_slow_save_describes_the_file_of_a_faster_one(finished: Video, monkeypatch: pytest.MonkeyPatch) -> None:
    put, is_faster = storage.put_video, iter([True, False])

    def put_after_a_faster_save(*args: Any, **options: Any) -> bool:
        if next(is_faster):
            monkeypatch.setattr(video_records, "close", closing_nothing)
            with pytest.raises(KeyboardInterrupt):  # the faster save is killed before it completes the record
                step("saving", finished)
            monkeypatch.undo()
        return put(*args, **options)

    def closing_nothing(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(storage, "put_video", put_after_a_faster_save)

    assert step("saving", finished) == "completed"

    assert now(finished).sha256 == sha256(content_of(finished)).hexdigest()


@pytest.mark.parametrize("when", ["marked", "gone"])
def test_save_that_loses_to_a_delete_leaves_no_file(
    when: str, finished: Video, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = storage.put_thumbnail

    def put_then_delete_video(key: str, content: bytes) -> None:
        put(key, content)
        if when == "marked":
            Video(finished.owner, finished.video_id).update(actions=[Video.status.set("deleting")])
        else:
            Video(finished.owner, finished.video_id).delete()

    monkeypatch.setattr(storage, "put_thumbnail", put_then_delete_video)

    assert step("saving", finished) == "deleting"
    assert stored(finished) == []
