"""How often videos were seen, shared and downloaded: counted once where once is meant, and summed by owner and day."""

from keepreel.models import Video


def count_view(video: Video, *, address: str, user_agent: str | None) -> None:
    raise NotImplementedError


def count_share(video: Video) -> None:
    raise NotImplementedError


def count_download(video: Video) -> None:
    raise NotImplementedError


def stats(owner: str) -> object:
    raise NotImplementedError
