"""Files of a provider that are not a complete, playable video: count them on the record, and give up after three."""

from keepreel import metrics
from keepreel.db import video_records
from keepreel.db.status import Status
from keepreel.db.tables import Video
from keepreel.errors import BadVideo, LostRace, UnusableFile
from keepreel.logs import logger
from keepreel.workflow import failures

MAX_BAD_FILES = 3
CRASH = "Runtime.ExitError"  # Lambda's name for a process that ended, for example because a file took all memory


def counted(video: Video, bad: BadVideo) -> BadVideo:
    """Count a bad file, and return the error to raise: `bad`, or UnusableFile once no further try is left.

    Each count is a write that needs the count before it, so a repeated write counts once. Raises LostRace if another
    save has completed the video.
    """
    seen = int(video.bad_files or 0)
    logger.warning("bad file", extra=_fields(video, bad, seen + 1))
    is_unchanged = Video.bad_files == seen if seen else Video.bad_files.does_not_exist()
    try:
        if seen + 1 < MAX_BAD_FILES:
            video_records.update(video, [Video.bad_files.set(seen + 1)], is_unchanged)
            return bad
        count = Video.bad_files.set(seen + 1)
        video_records.record_failure(video, failures.UNUSABLE_FILE, is_unchanged, actions=[count])
    except LostRace:  # a parallel save has counted, or our own write's reply was lost
        if video.status != Status.SAVING:
            raise
        return UnusableFile(str(bad)) if video.error_code else bad
    logger.error("file unusable", extra=_fields(video, bad, seen + 1))
    metrics.count("ResultFileProblem")
    return UnusableFile(str(bad))


def _fields(video: Video, bad: BadVideo, count: int) -> dict[str, object]:
    return {"video_id": video.video_id, "owner": video.owner, "reason": str(bad), "count": count}
