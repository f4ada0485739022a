"""Files that the provider serves in another form than usual: stored byte for byte if a player can play them."""

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from hashlib import sha256
from typing import Any

import pytest

from keepreel import aws
from keepreel.db import video_records
from keepreel.db.tables import Video
from keepreel.errors import BadVideo
from keepreel.media import download, storage
from keepreel.settings import settings
from tests.unit.media.films import box, film, with_durations, with_first, with_matrix
from tests.unit.providers.scripted_server import ScriptedServer
from tests.workflow_driver import create_video, now, step

FILM = film(has_sound=True)
MOOV_AT_END = with_first(FILM, b"ftyp", b"mdat", b"moov")
PLAYABLE = {
    "moov-first": with_first(FILM, b"ftyp", b"moov", b"mdat"),
    "moov-at-end": MOOV_AT_END,
    "free-first": with_first(FILM, b"free", b"ftyp", b"mdat", b"moov"),
    "no-ftyp": with_first(FILM, b"moov", b"mdat"),
    "no-ftyp-mdat-first": with_first(FILM, b"mdat", b"moov"),
    "four-zero-bytes": FILM + bytes(4),
    "many-zero-bytes": FILM + bytes(5000),
    "trailing-text": FILM + b"<!-- served in 3 ms -->",
    "cut-padding": FILM + box(b"free", bytes(100))[:-50],
    "fragmented": film(movflags="frag_keyframe+empty_moov"),
}


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as server:
        yield server


@pytest.fixture(autouse=True)
def _unsigned(limit: Callable[..., None]) -> None:
    """Store files without a content credential of ours, which would change their bytes."""
    limit(CONTENT_CREDENTIALS="keep")


@pytest.fixture
def finished() -> Video:
    """A video that the provider has finished and that is not saved yet."""
    video = create_video()
    step("queued", video)
    assert step("processing", video) == "saving"
    return video


@pytest.fixture
def serve(server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes], None]:
    """Make the download get these bytes from a server in place of the provider's."""

    def respond(content: bytes) -> None:
        server.respond_raw(content)

    stream = download.stream

    def from_server(_url: str, **options: Any) -> Any:
        return stream(f"{server.base_url}/video.mp4", **{**options, "provider_url": server.base_url})

    monkeypatch.setattr(download, "stream", from_server)
    return respond


@pytest.fixture
def save_meanwhile(monkeypatch: pytest.MonkeyPatch, finished: Video) -> Callable[..., None]:
    """Make the next save wait, just before it stores its file, until another save has run or was killed."""

    def arm(*, is_killed: bool) -> None:
        put, close = storage.put_video, video_records.close

        def killed(*_: Any, **__: Any) -> None:
            raise KeyboardInterrupt

        def put_after_another_save(*args: Any, **options: Any) -> bool:
            monkeypatch.setattr(storage, "put_video", put)
            monkeypatch.setattr(video_records, "close", killed if is_killed else close)
            with pytest.raises(KeyboardInterrupt) if is_killed else nullcontext():
                step("saving", finished)
            monkeypatch.setattr(video_records, "close", close)
            return put(*args, **options)

        monkeypatch.setattr(storage, "put_video", put_after_another_save)

    return arm


def stored(video: Video) -> bytes:
    found = aws.s3().get_object(Bucket=settings().media_bucket, Key=storage.video_key(video))
    return found["Body"].read()


@pytest.mark.parametrize("name", PLAYABLE)
def test_playable_file_is_stored_unchanged(name: str, finished: Video, serve: Callable[[bytes], None]) -> None:
    serve(PLAYABLE[name])

    assert step("saving", finished) == "completed"

    video = now(finished)
    assert stored(finished) == PLAYABLE[name]
    assert (video.sha256, video.size_bytes) == (sha256(PLAYABLE[name]).hexdigest(), len(PLAYABLE[name]))
    assert (video.width, video.height) == (64, 32)
    assert video.measured_seconds == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize(
    "content",
    [
        FILM[:-300],
        MOOV_AT_END[: MOOV_AT_END.index(b"moov") - 4],
        MOOV_AT_END[: MOOV_AT_END.index(b"moov") + 200],
        b"<!doctype html><title>Not found</title>",
        film(has_video=False, has_sound=True, cover="mjpeg"),
        film(has_video=False, has_sound=True, cover="png", is_attached=True),
    ],
    ids=["cut", "no-moov", "cut-moov", "html", "sound-with-cover", "sound-with-attached-cover"],
)
def test_unplayable_file_is_not_completed(content: bytes, finished: Video, serve: Callable[[bytes], None]) -> None:
    serve(content)

    with pytest.raises(BadVideo):
        step("saving", finished)

    assert now(finished).status == "saving"


def test_record_has_the_displayed_size(finished: Video, serve: Callable[[bytes], None]) -> None:
    serve(with_matrix(FILM, 0, 1, -1, 0))

    step("saving", finished)

    assert (now(finished).width, now(finished).height) == (32, 64)


def test_unknown_duration_is_not_recorded(finished: Video, serve: Callable[[bytes], None]) -> None:
    serve(with_durations(film(frames=1), 0))

    assert step("saving", finished) == "completed"

    assert now(finished).measured_seconds is None


@pytest.mark.parametrize("is_killed", [False, True])
@pytest.mark.parametrize("mode", ["keep", "sign"])
def test_record_describes_the_stored_file_after_two_saves_with_different_bytes(
    mode: str,
    is_killed: bool,  # noqa: FBT001
    finished: Video,
    serve: Callable[[bytes], None],
    save_meanwhile: Callable[..., None],
    limit: Callable[..., None],
) -> None:
    limit(CONTENT_CREDENTIALS=mode)
    serve(FILM)  # to the slow save
    serve(MOOV_AT_END)  # to the fast one
    save_meanwhile(is_killed=is_killed)

    assert step("saving", finished) == "completed"

    video, content = now(finished), stored(finished)
    assert (video.sha256, video.size_bytes) == (sha256(content).hexdigest(), len(content))
    assert video.source_sha256 == sha256(MOOV_AT_END).hexdigest()
    assert (content == MOOV_AT_END) == (mode == "keep")
