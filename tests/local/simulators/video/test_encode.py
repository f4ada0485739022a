"""The simulators' videos are real MP4s that show the requested image."""

import io
import weakref
from collections.abc import Callable
from concurrent.futures import CancelledError
from itertools import pairwise
from threading import Event

import av
import pytest
from PIL import Image, ImageChops, ImageDraw, ImageStat

from local.paths import SAMPLES
from local.simulators.video import scenes
from local.simulators.video.encode import CameraMove, encode_mp4, move_for, moves
from local.simulators.video.encoder_pool import EncoderPool, Scene
from local.simulators.video.gradients import gradient

MOVES = moves(zoom=1.2)
PUSH_IN = MOVES["push in"]
EVERY_MOVE = pytest.mark.parametrize("move", MOVES.values(), ids=MOVES)


def _target(width: int, height: int) -> Image.Image:
    """Return a white square on black, which shows how the camera moves."""
    picture = Image.new("RGB", (width, height))
    box = (width * 3 // 8, height * 3 // 8, width * 5 // 8, height * 5 // 8)
    ImageDraw.Draw(picture).rectangle(box, fill="white")
    return picture


def _frames(video: bytes) -> list[Image.Image]:
    with av.open(io.BytesIO(video), "r") as container:
        return [frame.to_image() for frame in container.decode(video=0)]  # type: ignore[no-untyped-call]  # PyAV


def _square(frame: Image.Image) -> tuple[int, int, int, int]:
    """Return the position of the white square."""
    return frame.convert("L").point(lambda level: 255 if level > 127 else 0).getbbox() or (0, 0, 0, 0)


def _boxes(video: bytes) -> list[bytes]:
    boxes, position = [], 0
    while position < len(video):
        boxes.append(video[position + 4 : position + 8])
        position += int.from_bytes(video[position : position + 4], "big")
    return boxes


@EVERY_MOVE
@pytest.mark.parametrize(("width", "height", "seconds"), [(64, 64, 5), (128, 72, 10), (72, 128, 3), (66, 98, 5)])
def test_video_is_h264_with_the_requested_size_and_duration(
    move: CameraMove, width: int, height: int, seconds: int
) -> None:
    video = encode_mp4(_target(width, height), move=move, width=width, height=height, seconds=seconds)

    with av.open(io.BytesIO(video), "r") as container:
        stream = container.streams.video[0]
        seen = (
            stream.codec.name,
            stream.pix_fmt,
            stream.width,
            stream.height,
            float(stream.average_rate or 0),
            stream.frames,
        )
        duration = float(container.duration or 0) / av.time_base
    assert seen == ("h264", "yuv420p", width, height, 24, seconds * 24)
    assert duration == pytest.approx(seconds, abs=0.1)


def test_index_comes_before_the_frames() -> None:
    video = encode_mp4(_target(64, 64), move=PUSH_IN, width=64, height=64, seconds=3)

    boxes = _boxes(video)

    assert boxes[0] == b"ftyp"
    assert boxes.index(b"moov") < boxes.index(b"mdat")


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        # of the left, upper, right and lower edge of the square
        ("push in", (-1, -1, 1, 1)),
        ("pull out", (1, 1, -1, -1)),
        ("pan left", (1, 0, 1, 0)),
        ("pan right", (-1, 0, -1, 0)),
        ("tilt up", (0, 1, 0, 1)),
        ("tilt down", (0, -1, 0, -1)),
    ],
)
def test_camera_moves_in_the_direction_of_its_name(name: str, changes: tuple[int, ...]) -> None:
    frames = _frames(encode_mp4(_target(320, 320), move=MOVES[name], width=256, height=256, seconds=3))

    first, middle, last = (_square(frames[index]) for index in (0, 36, -1))

    assert [_sign(after - before) for before, after in zip(first, last, strict=True)] == list(changes)
    assert [_sign(after - before) for before, after in zip(first, middle, strict=True)] == list(changes)


@pytest.mark.parametrize(("name", "growth"), [("push in", 1.2**2), ("pull out", 1.2**-2), ("pan left", 1)])
def test_last_frame_has_the_zoom_of_the_move(name: str, growth: float) -> None:
    frames = _frames(encode_mp4(_target(320, 320), move=MOVES[name], width=128, height=128, seconds=3))

    first, last = (ImageStat.Stat(frame.convert("L")).mean[0] for frame in (frames[0], frames[-1]))

    assert last / first == pytest.approx(growth, rel=0.05)


def _sign(number: int) -> int:
    return (number > 1) - (number < -1)


@EVERY_MOVE
def test_view_never_leaves_the_image(move: CameraMove) -> None:
    boxes = [move.at(index / 120).box(200, 100) for index in range(121)]

    assert all(left >= 0 and top >= 0 for left, top, _, _ in boxes)
    assert all(right <= 200 + 1e-9 and bottom <= 100 + 1e-9 for _, _, right, bottom in boxes)


@EVERY_MOVE
def test_camera_moves_smoothly(move: CameraMove) -> None:
    boxes = [move.at(index / 120).box(1, 1) for index in range(121)]
    steps = [max(abs(a - b) for a, b in zip(*pair, strict=True)) for pair in pairwise(boxes)]

    assert max(steps) < 0.004
    assert max(steps[0], steps[-1]) < max(steps) / 10


def test_pan_does_not_flicker() -> None:
    """Where pixels of the frame and the image coincide, the frame would be sharper than the next one."""
    picture = Image.effect_noise((128, 128), 60)

    frames = _frames(encode_mp4(picture, move=MOVES["pan left"], width=128, height=128, seconds=3))

    # The first and last frames hardly move, so their contrast depends on the encoder.
    contrasts = [ImageStat.Stat(frame.convert("L")).stddev[0] for frame in frames[12:-12]]
    assert max(contrasts) / min(contrasts) < 1.06


def test_same_prompt_gives_the_same_move() -> None:
    assert move_for("She smiles") == move_for("She smiles")


def test_prompts_give_every_kind_of_move_and_rarely_the_same() -> None:
    chosen = [move_for(f"prompt {number}") for number in range(100)]

    names = {name for move in chosen for name, known in _alike(move).items() if known == move}
    assert len(set(chosen)) > 80
    assert names == set(MOVES)


def _alike(move: CameraMove) -> dict[str, CameraMove]:
    return moves(zoom=max(move.start.zoom, move.end.zoom))


@pytest.mark.parametrize("video", ["from_text", "from_image"])
def test_another_prompt_gives_another_move(video: str) -> None:
    with Image.open(SAMPLES / "avatar-sophia.jpg") as avatar:
        by_video: dict[str, Callable[[str], Scene]] = {
            "from_text": lambda message: scenes.from_text(message, aspect_ratio="1:1", short_side=64, seconds=3),
            "from_image": lambda message: scenes.from_image(
                avatar, name="avatar", prompt=message, short_side=64, seconds=3
            ),
        }
        one, again, other = (by_video[video](message) for message in ("She smiles", "She smiles", "He waves"))

    assert one.move == again.move != other.move


def test_first_frame_has_the_colors_of_the_image() -> None:
    picture = gradient("a quiet sea", width=128, height=128)

    first = _frames(encode_mp4(picture, move=PUSH_IN, width=128, height=128, seconds=3))[0]

    assert max(ImageStat.Stat(ImageChops.difference(first, picture)).mean) < 6


@pytest.mark.parametrize("color", [(255, 255, 255), (0, 0, 0), (20, 40, 60), (200, 60, 30)])
def test_color_is_preserved(color: tuple[int, int, int]) -> None:
    video = encode_mp4(Image.new("RGB", (64, 64), color), move=PUSH_IN, width=64, height=64, seconds=3)

    color_in_video = _frames(video)[0].resize((1, 1)).getpixel((0, 0))

    assert color_in_video == pytest.approx(color, abs=4)


def test_image_with_another_aspect_ratio_fills_the_frame() -> None:
    video = encode_mp4(Image.new("RGB", (400, 200), "white"), move=PUSH_IN, width=64, height=64, seconds=3)

    darkest, _ = _frames(video)[0].convert("L").getextrema()

    assert darkest == pytest.approx(255, abs=6)


def test_gradient_depends_only_on_the_text() -> None:
    sea, again, fire = (gradient(message, width=64, height=64) for message in ("sea", "sea", "fire"))

    assert sea.tobytes() == again.tobytes()
    assert sea.tobytes() != fire.tobytes()


def _scene(picture: str, *, move: str = "push in", seconds: int = 3) -> Scene:
    return Scene(picture=picture, move=MOVES[move], width=64, height=64, seconds=seconds, draw=lambda: _target(64, 64))


def test_equal_scenes_are_encoded_once() -> None:
    pool = EncoderPool()

    wanted = [_scene("a"), _scene("a"), _scene("b"), _scene("a", seconds=5), _scene("a", move="pan left")]
    videos = [pool.encode(scene) for scene in wanted]
    contents = {video.result() for video in videos}
    pool.close()

    assert videos[0] is videos[1]
    assert (pool.encoded, len(contents)) == (4, 3)  # `b` has the same image as `a`


def test_unreferenced_video_is_freed() -> None:
    pool, gone = EncoderPool(), Event()
    video = pool.encode(_scene("a"))
    video.result()

    weakref.finalize(video, gone.set)
    del video

    assert gone.wait(60)
    pool.close()


def test_closed_pool_cancels_running_encodes() -> None:
    pool = EncoderPool()

    videos = [pool.encode(_scene(str(number), seconds=3600)) for number in range(3)]
    pool.close()

    for video in videos:
        with pytest.raises(CancelledError):
            video.result()
