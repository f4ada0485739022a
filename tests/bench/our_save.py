"""Our save, from the download to the stored file, without the record's database writes."""

import io
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from keepreel import aws
from keepreel.media import samples, storage, thumbnails, workspace
from keepreel.settings import settings
from keepreel.workflow import save
from tests.factories import media_files, record


def prepared(url: str, *, key: str) -> Callable[[], object]:
    aws.s3().list_objects_v2(Bucket=settings().media_bucket, MaxKeys=1)
    _first_frame(io.BytesIO(media_files().mp4))  # loads the decoder
    video: Any = record("user#bench")

    def run() -> None:
        with workspace.folder() as folder:
            source = Path(folder, "source.mp4")
            save._download(video, url, source, deadline=time.monotonic() + 120)
            with source.open("rb") as file:
                frame = _first_frame(file)
            storage.put_video(key, source, source_sha256=None)
            storage.put_thumbnail(f"{key}.jpg", frame.jpeg)

    return run


def _first_frame(file: BinaryIO) -> thumbnails.FirstFrame:
    samples.check(file)
    return thumbnails.first_frame(file)
