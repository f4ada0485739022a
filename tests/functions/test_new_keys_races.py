"""A link that is revoked again while the files of the first revoke move."""

from typing import Any

import pytest
import requests

from keepreel.db import jobs
from keepreel.media import storage
from local.stack import Stack
from tests import factories
from tests.api_client import ApiClient
from tests.functions.test_new_keys import is_gone, run, share_and_revoke, shown


@pytest.fixture
def video(user: ApiClient, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    made = factories.finished_video(user)
    monkeypatch.setattr(jobs, "call_worker", lambda _kind, _subject: None)
    return made


def test_a_slow_run_does_not_remove_the_files_of_a_later_move(
    user: ApiClient, video: dict[str, Any], stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first run has switched the record, and pauses before it removes the old files."""
    share_and_revoke(user, video)
    purge, later = storage.purge_folder, iter([run])

    def purge_after_another_move(prefix: str) -> None:
        if another := next(later, None):
            share_and_revoke(user, video)
            another(video)
        purge(prefix)

    with monkeypatch.context() as patched:
        patched.setattr(storage, "purge_folder", purge_after_another_move)
        run(video)

    assert requests.get(shown(user, video)["video_url"], timeout=60).status_code == 200


def test_the_end_of_a_run_keeps_the_job_of_a_later_revoke(
    user: ApiClient, video: dict[str, Any], stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    share_and_revoke(user, video)
    purge, later, seen = storage.purge_folder, iter([1]), []

    def purge_and_revoke_again(prefix: str) -> None:
        purge(prefix)
        if next(later, None):
            seen.append(shown(user, video)["video_url"])  # the second page shows the new URLs
            share_and_revoke(user, video)

    with monkeypatch.context() as patched:
        patched.setattr(storage, "purge_folder", purge_and_revoke_again)
        run(video)
    run(video)

    assert is_gone(seen[0])
