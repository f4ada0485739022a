"""The films that simulators hand out are real MP4s of the picture that was asked for."""

import io
import weakref
from concurrent.futures import CancelledError
from threading import Event

import av
import pytest
from PIL import Image, ImageChops, ImageDraw, ImageStat

from local.simulators import footage
from local.simulators.paintings import painting
from local.simulators.studio import Scene, Studio


def _target(width: int, height: int) -> Image.Image:
    """A white square in the middle of black: what a push-in makes larger."""
    picture = Image.new("RGB", (width, height))
    box = (width * 3 // 8, height * 3 // 8, width * 5 // 8, height * 5 // 8)
    ImageDraw.Draw(picture).rectangle(box, fill="white")
    return picture


def _frames(film: bytes) -> list[Image.Image]:
    with av.open(io.BytesIO(film), "r") as container:
        return [frame.to_image() for frame in container.decode(video=0)]  # type: ignore[no-untyped-call]  # PyAV


def _boxes(film: bytes) -> list[bytes]:
    boxes, position = [], 0
    while position < len(film):
        boxes.append(film[position + 4 : position + 8])
        position += int.from_bytes(film[position : position + 4], "big")
    return boxes


@pytest.mark.parametrize(("width", "height", "seconds"), [(64, 64, 5), (128, 72, 10), (72, 128, 3), (66, 98, 5)])
def test_a_film_is_h264_of_the_size_and_duration_asked_for(width: int, height: int, seconds: int) -> None:
    film = footage.film(_target(width, height), width=width, height=height, seconds=seconds)

    with av.open(io.BytesIO(film), "r") as container:
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


def test_the_index_comes_before_the_frames() -> None:
    film = footage.film(_target(64, 64), width=64, height=64, seconds=3)

    boxes = _boxes(film)

    assert boxes[0] == b"ftyp"
    assert boxes.index(b"moov") < boxes.index(b"mdat")


def test_the_camera_pushes_in_on_the_picture() -> None:
    film = footage.film(_target(320, 320), width=128, height=128, seconds=3)

    frames = _frames(film)

    brightness = [ImageStat.Stat(frame.convert("L")).mean[0] for frame in (frames[0], frames[36], frames[-1])]
    assert brightness == sorted(brightness)
    assert brightness[-1] / brightness[0] == pytest.approx(1.15**2, rel=0.05)


def test_the_first_frame_shows_the_picture_in_its_own_colours() -> None:
    picture = painting("a quiet sea", width=128, height=128)

    first = _frames(footage.film(picture, width=128, height=128, seconds=3))[0]

    assert max(ImageStat.Stat(ImageChops.difference(first, picture)).mean) < 6


@pytest.mark.parametrize("colour", [(255, 255, 255), (0, 0, 0), (20, 40, 60), (200, 60, 30)])
def test_a_colour_is_filmed_as_it_is(colour: tuple[int, int, int]) -> None:
    film = footage.film(Image.new("RGB", (64, 64), colour), width=64, height=64, seconds=3)

    filmed = _frames(film)[0].resize((1, 1)).getpixel((0, 0))

    assert filmed == pytest.approx(colour, abs=4)


def test_a_picture_of_another_shape_fills_the_frame() -> None:
    film = footage.film(Image.new("RGB", (400, 200), "white"), width=64, height=64, seconds=3)

    darkest, _ = _frames(film)[0].convert("L").getextrema()

    assert darkest == pytest.approx(255, abs=6)


def test_words_always_paint_the_same_picture_and_other_words_another() -> None:
    sea, again, fire = (painting(words, width=64, height=64) for words in ("sea", "sea", "fire"))

    assert sea.tobytes() == again.tobytes()
    assert sea.tobytes() != fire.tobytes()


def _scene(picture: str, *, seconds: int = 3) -> Scene:
    return Scene(picture=picture, width=64, height=64, seconds=seconds, draw=lambda: _target(64, 64))


def test_equal_scenes_are_filmed_once_and_others_apart() -> None:
    studio = Studio()

    films = [studio.film(_scene(name, seconds=seconds)) for name, seconds in (("a", 3), ("a", 3), ("b", 3), ("a", 5))]
    lengths = {len(film.result()) for film in films}
    studio.close()

    assert films[0] is films[1]
    assert (studio.filmed, len(lengths)) == (3, 2)


def test_a_film_that_nobody_can_ask_for_any_more_is_let_go() -> None:
    studio, gone = Studio(), Event()
    film = studio.film(_scene("a"))
    film.result()

    weakref.finalize(film, gone.set)
    del film

    assert gone.wait(10)
    studio.close()


def test_a_studio_that_closes_gives_up_the_film_in_the_making() -> None:
    studio = Studio()

    films = [studio.film(_scene(str(number), seconds=3600)) for number in range(3)]
    studio.close()

    for film in films:
        with pytest.raises(CancelledError):
            film.result()
