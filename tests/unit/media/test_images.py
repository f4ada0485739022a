"""Source images: what is refused before anything is spent, and the crop."""

from io import BytesIO

import pytest
from PIL import Image, ImageOps

from keepreel.errors import BadImage
from keepreel.media import images


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
    for use in (images.check, images.cropped):
        with pytest.raises(BadImage, match=words):
            use(content, aspect_ratio="1:1")


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
    image = opened(images.cropped(picture(5000, 4500), aspect_ratio="16:9"))

    assert image.size == (2160, 1215)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")  # which is what it has
def test_a_photo_with_a_broken_note_on_how_it_was_held_is_no_error_of_ours() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x9003] = "2026:11:21"
    whole = exif.tobytes()

    for cut in range(20, len(whole)):
        out = BytesIO()
        Image.new("RGB", (400, 300)).save(out, "JPEG", exif=whole[:cut])
        try:
            images.check(out.getvalue(), aspect_ratio="1:1")
        except BadImage:
            continue
        assert opened(images.cropped(out.getvalue(), aspect_ratio="1:1")).size == (300, 300)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_way_of_holding_the_camera_ends_upright(orientation: int) -> None:
    size = (450, 800) if orientation in (5, 6, 7, 8) else (800, 450)

    image = opened(images.cropped(picture(800, 450, orientation=orientation), aspect_ratio="1:1"))

    upright = ImageOps.exif_transpose(opened(picture(800, 450, orientation=orientation)))
    assert upright.size == size
    expected = ImageOps.fit(upright, (450, 450))
    for point in ((20, 20), (430, 20), (20, 430), (430, 430)):
        assert image.getpixel(point) == pytest.approx(expected.getpixel(point), abs=4)


@pytest.mark.parametrize("mode", ["P", "L", "LA", "1", "I;16", "CMYK"])
def test_every_kind_of_pixel_becomes_a_jpeg(mode: str) -> None:
    out = BytesIO()
    Image.new(mode, (600, 400)).save(out, "JPEG" if mode == "CMYK" else "PNG")

    image = opened(images.cropped(out.getvalue(), aspect_ratio="1:1"))

    assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (400, 400))
