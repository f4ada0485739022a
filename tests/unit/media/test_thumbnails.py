"""The first frame of a video, as a player displays it."""

import struct
from fractions import Fraction
from io import BytesIO
from itertools import combinations
from typing import Any

import pytest
from PIL import Image

from keepreel.errors import BadVideo
from keepreel.media import thumbnails
from keepreel.media.libav import av
from keepreel.media.thumbnails import FirstFrame
from tests.unit.media.films import boxes, film, four_corners, grey_hdr_film, with_durations, with_matrix
from tests.unit.media.pictures import DATA, opened

COLORS = {"red": (255, 0, 0), "lime": (0, 255, 0), "blue": (0, 0, 255), "white": (255, 255, 255)}
FILM = film()


def first_frame(content: bytes) -> FirstFrame:
    return thumbnails.first_frame(BytesIO(content))


def quarters(frame: FirstFrame) -> list[str]:
    """Return the colors of the thumbnail's quarters, line by line."""
    image = opened(frame.jpeg)
    places = [(x * image.width // 4, y * image.height // 4) for y in (1, 3) for x in (1, 3)]
    return [min(COLORS, key=lambda name: _distance(COLORS[name], image.getpixel(place))) for place in places]


def _distance(one: tuple[int, ...], other: object) -> int:
    assert isinstance(other, tuple)
    return sum(abs(left - right) for left, right in zip(one, other, strict=True))


def grey(frame: FirstFrame) -> int:
    image = opened(frame.jpeg).convert("L")
    value = image.getpixel((image.width // 2, image.height // 2))
    assert isinstance(value, int)
    return value


@pytest.mark.parametrize(
    ("matrix", "expected"),
    [
        ((1, 0, 0, 1), ["red", "lime", "blue", "white"]),
        ((0, 1, -1, 0), ["blue", "red", "white", "lime"]),  # 90 degrees clockwise
        ((-1, 0, 0, -1), ["white", "blue", "lime", "red"]),
        ((0, -1, 1, 0), ["lime", "white", "red", "blue"]),
        ((-1, 0, 0, 1), ["lime", "red", "white", "blue"]),  # mirrored
        ((1, 0, 0, -1), ["blue", "white", "red", "lime"]),
        ((0, 1, 1, 0), ["red", "blue", "lime", "white"]),
        ((0, -1, -1, 0), ["white", "lime", "blue", "red"]),
        ((0, 0, 0, 0), ["red", "lime", "blue", "white"]),  # invalid
    ],
)
def test_thumbnail_and_size_follow_the_display_matrix(matrix: tuple[int, int, int, int], expected: list[str]) -> None:
    frame = first_frame(with_matrix(FILM, *matrix))

    size = (32, 64) if matrix[1] else (64, 32)
    assert ((frame.width, frame.height), opened(frame.jpeg).size, quarters(frame)) == (size, size, expected)


def test_almost_right_angle_is_a_right_angle() -> None:
    frame = first_frame(with_matrix(FILM, 0.02, 0.99, -0.99, 0.02))

    assert (frame.width, quarters(frame)[0]) == (32, "blue")


@pytest.mark.parametrize(
    ("shape", "matrix", "size"),
    [
        (Fraction(4, 3), (1, 0, 0, 1), (85, 32)),
        (Fraction(16, 11), (0, 1, -1, 0), (32, 93)),
        (Fraction(1, 2), (1, 0, 0, 1), (64, 64)),
        (Fraction(8, 9), (0, -1, 1, 0), (36, 64)),
        (Fraction(200), (1, 0, 0, 1), (64, 32)),
    ],
)
def test_size_has_square_pixels(shape: Fraction, matrix: tuple[int, int, int, int], size: tuple[int, int]) -> None:
    frame = first_frame(with_matrix(film(pixel_shape=shape), *matrix))

    assert ((frame.width, frame.height), opened(frame.jpeg).size) == (size, size)


def test_thumbnail_of_a_large_video_is_small_and_its_size_is_not() -> None:
    frame = first_frame(with_matrix(film(four_corners(2560, 1280), frames=1), 0, 1, -1, 0))

    assert ((frame.width, frame.height), opened(frame.jpeg).size) == ((1280, 2560), (640, 1280))
    assert quarters(frame) == ["blue", "red", "white", "lime"]


@pytest.mark.parametrize("has_sound", [False, True])
@pytest.mark.parametrize("is_attached", [False, True])
@pytest.mark.parametrize("cover", ["mjpeg", "png"])
def test_cover_picture_is_not_the_video(cover: str, *, is_attached: bool, has_sound: bool) -> None:
    frame = first_frame(film(cover=cover, is_attached=is_attached, has_sound=has_sound))

    assert (frame.width, frame.height, quarters(frame)) == (64, 32, ["red", "lime", "blue", "white"])
    assert frame.seconds == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize("is_attached", [False, True])
@pytest.mark.parametrize("cover", ["mjpeg", "png", None])
def test_sound_file_is_refused(cover: str | None, *, is_attached: bool) -> None:
    content = film(has_video=False, has_sound=True, cover=cover, is_attached=is_attached)

    with pytest.raises(BadVideo, match="no video track"):
        first_frame(content)


def test_video_track_after_a_picture_track_is_shown() -> None:
    frame = first_frame((DATA / "mjpeg_track_first.mp4").read_bytes())

    assert (frame.width, frame.height, frame.seconds) == (640, 360, 1.0)


HEADERS = (b"mvhd", b"tkhd", b"mdhd", b"elst")


@pytest.mark.parametrize("zero", [it for count in range(5) for it in combinations(HEADERS, count)], ids=str)
def test_duration_comes_from_the_samples_if_headers_are_zero(zero: tuple[bytes, ...]) -> None:
    assert first_frame(with_durations(FILM, 0, of=zero)).seconds == pytest.approx(1, abs=0.1)


def test_duration_of_the_known_case() -> None:
    assert first_frame((DATA / "all_dur_zero.mp4").read_bytes()).seconds == pytest.approx(1, abs=0.1)


def test_unknown_duration_is_none() -> None:
    assert first_frame(with_durations(film(frames=1), 0)).seconds is None


@pytest.mark.parametrize("movflags", ["frag_keyframe+empty_moov", "frag_every_frame+empty_moov+default_base_moof"])
def test_fragmented_video_has_a_duration(movflags: str) -> None:
    assert first_frame(film(movflags=movflags, has_sound=True)).seconds == pytest.approx(1, abs=0.2)


@pytest.mark.parametrize(
    ("transfer", "signal", "expected"),
    [
        (16, 0.0, 0),
        (16, 0.3, 63),
        (16, 0.508, 185),  # 100 nits
        (16, 0.581, 243),  # 203 nits, the reference white
        (16, 1.0, 255),
        (18, 0.0, 0),
        (18, 0.3, 77),
        (18, 0.5, 137),
        (18, 0.75, 243),  # the reference white
        (18, 1.0, 255),
    ],
)
def test_hdr_grey_has_its_brightness_in_sdr(transfer: int, signal: float, expected: int) -> None:
    assert grey(first_frame(grey_hdr_film(signal, transfer=transfer))) == pytest.approx(expected, abs=6)


def test_sdr_grey_is_unchanged() -> None:
    assert grey(first_frame(grey_hdr_film(0.5, transfer=1))) == pytest.approx(127, abs=2)


def test_hdr_grey_of_the_known_case() -> None:
    assert grey(first_frame((DATA / "hdr_pq_grey.mp4").read_bytes())) == pytest.approx(200, abs=4)


def test_first_frame_needs_only_the_first_sample() -> None:
    (size,) = struct.unpack_from(">I", FILM, FILM.index(b"stsz") + 16)
    start, end = next((start, end) for kind, start, end in boxes(FILM) if kind == b"mdat")
    damaged = FILM[: start + 8 + size] + b"\xff" * (end - start - 8 - size) + FILM[end:]

    assert first_frame(damaged) == first_frame(FILM)


def test_huge_video_is_refused_before_it_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(thumbnails, "_MAX_PIXELS", 64 * 32)
    assert first_frame(FILM).width == 64
    monkeypatch.setattr(thumbnails, "_MAX_PIXELS", 64 * 32 - 1)

    with pytest.raises(BadVideo, match="64 × 32 pixels, which is too large"):
        first_frame(FILM)


def test_decoder_has_one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    decoded, threads = thumbnails._decoded, []

    def counted(container: Any, track: Any) -> Any:
        frame = decoded(container, track)
        threads.append(track.codec_context.thread_count)
        return frame

    monkeypatch.setattr(thumbnails, "_decoded", counted)
    first_frame(FILM)

    assert threads == [1]


def test_pixels_are_bounded_while_they_are_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The header of a VP9 track does not name the size of its frames."""
    out = BytesIO()
    with av.open(out, "w", format="mp4") as container:
        track = container.add_stream("libvpx-vp9", rate=1)
        track.width, track.height, track.pix_fmt = 64, 32, "yuv420p"
        container.mux([*track.encode(av.VideoFrame(64, 32, "yuv420p")), *track.encode(None)])
    assert first_frame(out.getvalue()).width == 64
    monkeypatch.setattr(thumbnails, "_MAX_PIXELS", 64 * 32 - 1)

    with pytest.raises(BadVideo, match="cannot be decoded"):
        first_frame(out.getvalue())


def test_pixels_are_bounded_when_the_file_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    """FFmpeg decodes a frame to probe a file: 16,000 × 16,000 pixels took 980 MB before their number was compared."""
    opened_with, av_open = [], av.open

    def spy(*args: Any, **more: Any) -> Any:
        opened_with.append(more["options"]["max_pixels"])
        return av_open(*args, **more)

    monkeypatch.setattr(av, "open", spy)
    first_frame(FILM)

    assert opened_with == [str(8192 * 8192)]


@pytest.mark.parametrize("content", [b"", b"not a video", FILM[:-400], b"#EXTM3U\nhttp://127.0.0.1/a.ts\n"])
def test_unreadable_file_is_refused(content: bytes) -> None:
    with pytest.raises(BadVideo):
        first_frame(content)


def test_moov_at_either_end_gives_the_same_frame() -> None:
    image = Image.new("RGB", (64, 32), "blue")

    assert first_frame(film(image)) == first_frame(film(image, movflags="frag_keyframe+empty_moov"))
