"""Hosts that a provider's files come from: known ones, and others, which are reported and can be refused."""

from collections.abc import Callable

from keepreel import metrics
from keepreel.db.tables import Video
from keepreel.logs import logger
from keepreel.providers import registry
from keepreel.settings import result_hosts
from keepreel.urls import BadUrl

_ANY = "*"


def checker(video: Video) -> Callable[[str], None]:
    """Return a check of a public host. It raises BadUrl for an unknown host if the setting does not contain `*`.

    An unknown host is logged and counted as the metric `ResultFileProblem`, which has an alarm in the template.
    """
    allowed = result_hosts()
    known = (*registry.info(video.provider).result_hosts, *(allowed - {_ANY}))

    def check(host: str) -> None:
        if any(host == it or host.endswith(f".{it}") for it in known):
            return
        logger.error("unknown result host", extra={"video_id": video.video_id, "owner": video.owner, "host": host})
        metrics.count("ResultFileProblem")
        if _ANY not in allowed:
            raise BadUrl(f"{host} is not in the list of result hosts")

    return check
