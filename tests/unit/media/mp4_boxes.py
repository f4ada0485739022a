"""Where the top-level boxes of an MP4 file are, for tests that change one of them."""


def boxes(content: bytes) -> dict[str, tuple[int, int]]:
    """Return the start and the end of the last top-level box of each type."""
    found, at = {}, 0
    while at < len(content):
        size = int.from_bytes(content[at : at + 4], "big")
        found[content[at + 4 : at + 8].decode()] = (at, at + size)
        at += size
    return found
