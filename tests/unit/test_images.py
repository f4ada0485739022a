"""Source images: what is refused before anything is spent, and the crop."""

from io import BytesIO

import pytest
from PIL import Image

from keepreel import images
from keepreel.errors import BadImage


def picture(width: int, height: int, *, format: str = "JPEG", orientation: int | None = None) -> bytes:
    """Red on its left half, blue on its right."""
    image = Image.new("RGB", (width, height), "red")
    image.paste("blue", (width // 2, 0, width, height))
    exif = Image.Exif()
    if orientation:
        exif[0x0112] = orientation
    out = BytesIO()
    image.save(out, format, exif=exif)
    return out.getvalue()


def opened(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content))


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("ratio", ["1:1", "16:9", "9:16"])
def test_an_image_large_enough_for_the_shape_passes(format: str, ratio: str) -> None:
    images.check(picture(600, 600, format=format), aspect_ratio=ratio)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "not a JPEG"),
        (b"<html>404</html>", "not a JPEG"),
        (picture(400, 400)[:-400], "broken or cut off"),
        (picture(400, 400, format="PNG")[:600], "broken or cut off"),
        (picture(299, 800), "too small"),
        (picture(400, 400, format="GIF"), "not a JPEG"),
        (picture(8000, 6300), "million pixels"),
    ],
    ids=["empty", "html", "cut-jpeg", "cut-png", "small", "gif", "huge"],
)
def test_what_is_no_usable_image_is_refused_in_words(content: bytes, words: str) -> None:
    with pytest.raises(BadImage, match=words):
        images.check(content, aspect_ratio="1:1")


def test_an_image_too_small_once_cut_is_refused() -> None:
    images.check(picture(400, 400), aspect_ratio="1:1")

    with pytest.raises(BadImage, match="cut to 16:9"):
        images.check(picture(400, 400), aspect_ratio="16:9")


@pytest.mark.parametrize("format", ["JPEG", "PNG"])
def test_an_image_of_the_right_shape_is_sent_as_it_is(format: str) -> None:
    content = picture(640, 360, format=format)

    assert images.cropped(content, aspect_ratio="16:9") == content


def test_an_image_of_another_shape_is_cut_round_its_centre() -> None:
    image = opened(images.cropped(picture(1200, 400), aspect_ratio="1:1"))

    assert (image.format, image.size) == ("JPEG", (400, 400))
    assert image.getpixel((20, 200)) == pytest.approx((254, 0, 0), abs=4)
    assert image.getpixel((380, 200)) == pytest.approx((0, 0, 254), abs=4)


def test_a_photo_taken_with_a_turned_phone_is_sent_upright() -> None:
    image = opened(images.cropped(picture(800, 450, orientation=6), aspect_ratio="9:16"))

    assert image.size == (450, 800)
    assert image.getexif().get(0x0112, 1) == 1
    assert image.getpixel((225, 40)) == pytest.approx((254, 0, 0), abs=4)  # left has become up


def test_webp_and_transparency_become_jpeg_on_white() -> None:
    out = BytesIO()
    Image.new("RGBA", (400, 400), (255, 0, 0, 0)).save(out, "WEBP")

    image = opened(images.cropped(out.getvalue(), aspect_ratio="1:1"))

    assert (image.format, image.size) == ("JPEG", (400, 400))
    assert image.getpixel((200, 200)) == (255, 255, 255)


def test_a_large_image_that_must_be_cut_is_also_made_smaller() -> None:
    image = opened(images.cropped(picture(6000, 5000), aspect_ratio="16:9"))

    assert image.size == (2160, 1215)
