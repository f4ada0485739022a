"""Where the top-level boxes of an MP4 file are, and files with a media box of any size."""

from pathlib import Path

from tests.factories import media_files

MB = 1_000_000


def boxes(content: bytes) -> dict[str, tuple[int, int]]:
    """Return the start and the end of the last top-level box of each type."""
    found, at = {}, 0
    while at < len(content):
        size = int.from_bytes(content[at : at + 4], "big")
        found[content[at + 4 : at + 8].decode()] = (at, at + size)
        at += size
    return found


def write_large(path: Path, *, megabytes: int) -> None:
    """Write a playable MP4 with a media box of this size, most of which is a hole on the disk."""
    content = media_files().mp4
    with path.open("wb") as file:
        for name, (start, end) in sorted(boxes(content).items(), key=lambda item: item[1]):
            if name != "mdat":
                file.write(content[start:end])
        start, end = boxes(content)["mdat"]
        file.write((end - start + megabytes * MB).to_bytes(4, "big") + content[start + 4 : end])
        file.truncate(file.tell() + megabytes * MB)
