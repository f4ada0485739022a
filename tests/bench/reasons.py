"""Why Keepreel loses in a line of the table: a goal is missed, or a typical way does better."""

from collections.abc import Mapping

_SPREAD = (
    "generation times around 240 s are spread over minutes. If their distribution is known exactly, the best times to "
    "poll still need 8.6 polls for a mean delay of 8.4 s, and 6.2 polls give 11.9 s (by dynamic programming over all "
    "times to poll), so a delay of 8 s and six polls exclude each other. Ours chooses the delay, which people notice. "
    "With callbacks, it is below a second."
)
# By the beginning of the line's name; the first match counts.
_REASONS: Mapping[str, str] = {
    "cold start: POST": "creating a video validates with pydantic and writes through pynamodb, and both are imported.",
    "cold start": "the router, pynamodb and the models of the tables are imported, and the floor has none of them.",
    "warm request: list": (
        "botocore alone takes about two thirds of FastAPI's time to sign, send and read a page. The rest reads 20 "
        "records as videos, each with 20 more fields in its response than are stored, and its links."
    ),
    "warm request": "pynamodb and the router take longer than the calls.",
    "AWS calls: share view": (
        "the first view of a link in a function reads the link and its video. Further ones read the video, so that a "
        "revoked link ends at once, and start the count, which the visitor does not wait for."
    ),
    "write units: a video's life": (
        "the typical record is written at four changes of its status and can be lost or paid twice. Ours also records "
        "each attempt before the paid request, and moves slots and quotas in transactions, which cost twice."
    ),
    "read units": "a list shows a new video at once, and a strongly consistent Query costs twice.",
    "seconds from finish to completed, mean, polling (higgsfield": _SPREAD,
    "polls, polling (higgsfield": _SPREAD,
    "state transitions, polling (higgsfield": _SPREAD,
    "seconds from finish": (
        "polls spread out while a job runs, because each one costs three state transitions. Callbacks do not wait."
    ),
    "state transitions, callbacks": "a job that takes longer than the last ones is polled, too, for a lost callback.",
    "state transitions": "each poll enters three states.",
    "polls": "a generation time far above the usual one needs more polls.",
    "page status reads": "the page also asks while a job is unusually slow.",
    "save of 200 MB: requests": "the thumbnail is stored, too.",
    "save of 200 MB: peak": "the file is verified and its first frame decoded.",
    "save of 200 MB: CPU": "the file is written to disk and read again, so that only a verified file is public.",
    "local stack: the last of 20 creates": (
        "the creates share the cores with a busy process for each and with everything else on the machine; when it is "
        "idle otherwise, the last one takes about 4 s."
    ),
    "submits for a video": "a queue learns a lower capacity only from busy answers, and each one is a submit.",
    "dependencies layer": "pydantic, Pillow and botocore's data are most of it.",
}


def of(name: str) -> str:
    found = (reason for beginning, reason in _REASONS.items() if name.startswith(beginning))
    return next(found, "no reason is known yet.")
