"""A provider's file that is never a complete, playable video is tried three times; then the video fails."""

from pathlib import Path
from typing import Any

import pytest

from keepreel import metrics
from keepreel.db import video_records
from keepreel.db.status import Status
from keepreel.db.tables import Video
from keepreel.errors import BadVideo, LostRace, Unreachable, UnusableFile
from keepreel.media import thumbnails
from keepreel.workflow import bad_files, fail, failures, save
from local.simulators.kling.simulator import KlingSimulator
from tests.faults.test_save import open_uploads, stored
from tests.unit.media.films import film, with_first
from tests.unit.media.test_samples import media, with_shorter_media
from tests.workflow_driver import create_video, facts, now, quotas_used, step

FAULTS: list[dict[str, Any]] = [{"kind": "short"}, {"kind": "html"}, {"kind": "oversize", "bytes": 600 * 1024 * 1024}]


@pytest.fixture
def finished() -> Video:
    """A video that the provider has finished and that is not saved yet."""
    video = create_video()
    step("queued", video)
    assert step("processing", video) == "saving"
    return video


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    names: list[str] = []
    monkeypatch.setattr(metrics, "count", lambda name, *_a, **_k: names.append(name))
    return names


def fail_to_save(video: Video, error: type[Exception]) -> None:
    with pytest.raises(error) as raised:
        step("saving", video)
    assert type(raised.value) is error


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_third_bad_file_fails_the_video(
    fault: dict[str, Any], finished: Video, kling: KlingSimulator, counted: list[str]
) -> None:
    before = quotas_used(finished)
    for error in (BadVideo, BadVideo, UnusableFile):
        kling.fault(on="download", external_id=finished.video_id, **fault)
        fail_to_save(finished, error)

    assert step("failed", finished) == "failed"
    video = now(finished)
    assert (video.error_code, video.error_message) == (
        failures.UNUSABLE_FILE.code,
        failures.UNUSABLE_FILE.message,
    )
    assert facts(video, "bad_files", "in_flight_shard", "is_uncharged") == (3, None, None)
    assert (stored(finished), open_uploads(finished)) == ([], [])
    assert quotas_used(finished) == (before[0], before[1], before[2] - 1)  # charged, but its place is free
    assert counted.count("ResultFileProblem") == 1


def test_undecodable_file_is_downloaded_three_times_at_most(finished: Video, monkeypatch: pytest.MonkeyPatch) -> None:
    downloads: list[object] = []
    download = save._download

    def counting(*args: Any, **options: Any) -> str:
        downloads.append(args)
        return download(*args, **options)

    def unreadable(_file: object) -> None:
        raise BadVideo("no frame can be read")

    monkeypatch.setattr(save, "_download", counting)
    monkeypatch.setattr(thumbnails, "first_frame", unreadable)
    for error in (BadVideo, BadVideo, UnusableFile):
        fail_to_save(finished, error)

    assert step("failed", finished) == "failed"
    assert step("saving", finished) == "failed"
    assert (len(downloads), stored(finished)) == (3, [])


def test_save_that_ends_its_process_three_times_fails_the_video(finished: Video) -> None:
    for expected in ("delayed", "delayed", "failed"):
        video_records.transition(now(finished), to=Status.SAVING)
        assert fail.fail(now(finished), cause="Runtime.ExitError").status == expected

    assert now(finished).error_code == failures.UNUSABLE_FILE.code


@pytest.mark.parametrize("cause", ["Unreachable", "States.Timeout", "Sandbox.Timedout", "Lambda.Unknown", None])
def test_other_ends_of_a_save_do_not_count(cause: str | None, finished: Video) -> None:
    video_records.transition(now(finished), to=Status.SAVING)
    fail.fail(now(finished), cause=cause)

    assert now(finished).bad_files is None


def test_network_faults_do_not_count(finished: Video, kling: KlingSimulator) -> None:
    faults: list[dict[str, Any]] = [
        {"kind": "drop"},
        {"kind": "truncate"},
        {"kind": "http", "status": 502},
        {"kind": "http", "status": 404},
    ]
    for fault in faults * 2:
        kling.fault(on="download", external_id=finished.video_id, **fault)
        fail_to_save(finished, Unreachable)

    assert now(finished).bad_files is None
    assert step("saving", finished) == "completed"


def test_good_file_after_two_bad_ones_completes_the_video(finished: Video, kling: KlingSimulator) -> None:
    for _ in range(2):
        kling.fault(on="download", kind="short", external_id=finished.video_id)
        fail_to_save(finished, BadVideo)

    assert step("saving", finished) == "completed"
    assert now(finished).error_code is None


def test_two_saves_of_the_same_state_count_once(finished: Video) -> None:
    first, second = now(finished), now(finished)
    video_records.transition(first, to=Status.SAVING)
    video_records.transition(second, to=Status.SAVING)

    assert type(bad_files.counted(first, BadVideo("cut"))) is BadVideo
    assert type(bad_files.counted(second, BadVideo("cut"))) is BadVideo
    assert now(finished).bad_files == 1


def test_count_whose_reply_was_lost_still_ends_the_video(finished: Video) -> None:
    video_records.transition(finished, to=Status.SAVING)
    for _ in range(2):
        bad_files.counted(finished, BadVideo("cut"))
    stale = now(finished)

    assert type(bad_files.counted(finished, BadVideo("cut"))) is UnusableFile
    assert type(bad_files.counted(stale, BadVideo("cut"))) is UnusableFile
    assert now(finished).bad_files == 3


def test_bad_file_does_not_fail_a_video_that_another_save_completed(finished: Video) -> None:
    video_records.transition(finished, to=Status.SAVING)
    stale = now(finished)
    stale.bad_files = 2
    assert step("saving", finished) == "completed"

    with pytest.raises(LostRace):
        bad_files.counted(stale, BadVideo("cut"))

    assert facts(now(finished), "status", "error_code") == ("completed", None)


def test_file_with_cut_media_is_not_stored_although_its_boxes_add_up(
    finished: Video, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = with_first(film(), b"ftyp", b"moov", b"mdat")
    ((start, end),) = media(content)

    def cut(_video: Video, _url: str, target: Path, **_: object) -> str:
        target.write_bytes(with_shorter_media(content, start, end, 1))
        return "0" * 64

    monkeypatch.setattr(save, "_download", cut)
    fail_to_save(finished, BadVideo)

    assert (now(finished).status, stored(finished)) == ("saving", [])
