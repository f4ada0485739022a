"""Provider status words: every known word in any case, and unknown words."""

from collections.abc import Iterator, Mapping

import pytest

from keepreel.providers import task_status
from keepreel.providers.higgsfield import adapter as higgsfield
from keepreel.providers.kling import task as kling
from keepreel.providers.task_status import TaskStatus
from tests.unit.providers.provider_env import CapturedLog, captured_log


@pytest.fixture
def log() -> Iterator[CapturedLog]:
    with captured_log() as log:
        yield log


@pytest.mark.parametrize(
    ("words", "word", "status"),
    [
        (kling.STATUS_WORDS, "submitted", TaskStatus.RUNNING),
        (kling.STATUS_WORDS, "Processing", TaskStatus.RUNNING),
        (kling.STATUS_WORDS, "succeed", TaskStatus.SUCCEEDED),
        (kling.STATUS_WORDS, "succeeded", TaskStatus.SUCCEEDED),
        (kling.STATUS_WORDS, "failed", TaskStatus.FAILED),
        (higgsfield.STATUS_WORDS, "queued", TaskStatus.RUNNING),
        (higgsfield.STATUS_WORDS, "IN_PROGRESS", TaskStatus.RUNNING),
        (higgsfield.STATUS_WORDS, " Completed ", TaskStatus.SUCCEEDED),
        (higgsfield.STATUS_WORDS, "failed", TaskStatus.FAILED),
        (higgsfield.STATUS_WORDS, "nsfw", TaskStatus.REJECTED),
        (higgsfield.STATUS_WORDS, "canceled", TaskStatus.CANCELED),
        (higgsfield.STATUS_WORDS, "Ip_Detected", TaskStatus.REJECTED),
    ],
)
def test_status_word_is_known_in_any_case(words: Mapping[str, TaskStatus], word: str, status: TaskStatus) -> None:
    assert task_status.from_word(word, words, video_id="1") == status


@pytest.mark.parametrize("words", [kling.STATUS_WORDS, higgsfield.STATUS_WORDS], ids=["kling", "higgsfield"])
@pytest.mark.parametrize("word", ["", "almost", "x" * 1000])
def test_unknown_status_word_is_running_and_logged(
    log: CapturedLog, words: Mapping[str, TaskStatus], word: str
) -> None:
    status = task_status.from_word(word, words, video_id="1")

    assert status == TaskStatus.RUNNING
    assert [(line["message"], line["word"]) for line in log.lines] == [("unknown task status", word[:100])]
