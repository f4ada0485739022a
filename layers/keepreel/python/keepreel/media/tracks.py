"""MP4 tracks: find the video track, and measure its duration."""

from keepreel.errors import BadVideo
from keepreel.media.libav import Disposition, InputContainer, VideoStream

_PLAYED_BY_BROWSERS = frozenset({"h264", "hevc", "av1", "vp9"})
# Cover art of a sound file is a video track of one picture. No browser plays these codecs as a video.
_PICTURES = frozenset({"mjpeg", "mjpegb", "ljpeg", "jpegls", "jpeg2000", "png", "gif", "bmp", "tiff", "webp"})
_PICTURE_ROLES = Disposition.attached_pic | Disposition.still_image | Disposition.timed_thumbnails


def video_track(container: InputContainer) -> VideoStream:
    """Return the track that a player shows, never a cover picture. Raises BadVideo if the file has none."""
    tracks = [it for it in container.streams.video if _codec(it) and not _is_picture(it)]
    if not tracks:
        pictures = " except a cover picture" if container.streams.video else ""
        raise BadVideo(f"the file has no video track{pictures}")
    return min(tracks, key=lambda it: (_codec(it) not in _PLAYED_BY_BROWSERS, not it.disposition & Disposition.default))


def seconds(container: InputContainer, track: VideoStream) -> float | None:
    """Return the duration by the file's headers, else by the track's samples; None if neither is known."""
    if container.duration and container.duration > 0:
        found = container.duration / 1_000_000
    elif track.duration and track.duration > 0 and track.time_base:
        found = float(track.duration * track.time_base)
    else:
        found = _seconds_by_samples(track)
    return round(found, 3) or None


def _seconds_by_samples(track: VideoStream) -> float:
    """Return the time from the first sample to the end of the last one, which is as long as the average."""
    times = [it.timestamp for it in track.index_entries]
    if len(times) < 2 or track.time_base is None:
        return 0.0
    span = max(times) - min(times)
    return float((span + span / (len(times) - 1)) * track.time_base)


def _codec(track: VideoStream) -> str | None:
    """Return the codec's name, or None if it is unknown."""
    return track.codec_context.codec.canonical_name if track.codec_context else None


def _is_picture(track: VideoStream) -> bool:
    return _codec(track) in _PICTURES or bool(track.disposition & _PICTURE_ROLES)
