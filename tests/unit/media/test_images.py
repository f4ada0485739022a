"""Checks of source images, and the crop."""

from io import BytesIO

import pytest
from PIL import Image, ImageOps

from keepreel.errors import BadImage
from keepreel.media import images

MIN_SIDE = 300


def picture(width: int, height: int, *, format: str = "JPEG", orientation: int | None = None) -> bytes:
    """Return an image with a red left half and a blue right half."""
    image = Image.new("RGB", (width, height), "red")
    image.paste("blue", (width // 2, 0, width, height))
    exif = Image.Exif()
    if orientation:
        exif[0x0112] = orientation
    out = BytesIO()
    image.save(out, format, exif=exif)
    return out.getvalue()


def bitmap(width: int, height: int) -> bytes:
    """A PNG that takes little memory to create: one bit per pixel."""
    out = BytesIO()
    Image.new("1", (width, height)).save(out, "PNG")
    return out.getvalue()


def opened(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content))


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("ratio", ["1:1", "16:9", "9:16"])
def test_image_large_enough_for_the_ratio_passes(format: str, ratio: str) -> None:
    images.check(picture(600, 600, format=format), aspect_ratio=ratio, min_side=MIN_SIDE)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not a JPEG"),
        (b"<html>404</html>", "not a JPEG"),
        (picture(400, 400)[:-400], "damaged or incomplete"),
        (picture(400, 400, format="PNG")[:600], "damaged or incomplete"),
        (picture(299, 800), "too small"),
        (picture(400, 400, format="GIF"), "not a JPEG"),
        (bitmap(8000, 6300), "million pixels"),
    ],
    ids=["empty", "html", "cut-jpeg", "cut-png", "small", "gif", "huge"],
)
def test_unusable_image_is_refused_with_a_reason(content: bytes, message: str) -> None:
    for use in (images.check, images.crop):
        with pytest.raises(BadImage, match=message):
            use(content, aspect_ratio="1:1", min_side=MIN_SIDE)


def test_image_too_small_after_cropping_is_refused() -> None:
    images.check(picture(400, 400), aspect_ratio="1:1", min_side=MIN_SIDE)

    with pytest.raises(BadImage, match="cropped to 16:9"):
        images.check(picture(400, 400), aspect_ratio="16:9", min_side=MIN_SIDE)


@pytest.mark.parametrize("format", ["JPEG", "PNG"])
def test_image_of_the_right_ratio_is_unchanged(format: str) -> None:
    content = picture(640, 360, format=format)

    assert images.crop(content, aspect_ratio="16:9", min_side=MIN_SIDE) == content


def test_image_of_another_ratio_is_center_cropped() -> None:
    image = opened(images.crop(picture(1200, 400), aspect_ratio="1:1", min_side=MIN_SIDE))

    assert (image.format, image.size) == ("JPEG", (400, 400))
    assert image.getpixel((20, 200)) == pytest.approx((254, 0, 0), abs=4)
    assert image.getpixel((380, 200)) == pytest.approx((0, 0, 254), abs=4)


def test_rotated_photo_becomes_upright() -> None:
    image = opened(images.crop(picture(800, 450, orientation=6), aspect_ratio="9:16", min_side=MIN_SIDE))

    assert image.size == (450, 800)
    assert image.getexif().get(0x0112, 1) == 1
    assert image.getpixel((225, 40)) == pytest.approx((254, 0, 0), abs=4)  # the left side is at the top now


def test_transparent_webp_becomes_a_jpeg_on_white() -> None:
    out = BytesIO()
    Image.new("RGBA", (400, 400), (255, 0, 0, 0)).save(out, "WEBP")

    image = opened(images.crop(out.getvalue(), aspect_ratio="1:1", min_side=MIN_SIDE))

    assert (image.format, image.size) == ("JPEG", (400, 400))
    assert image.getpixel((200, 200)) == (255, 255, 255)


def test_large_crop_is_scaled_down() -> None:
    image = opened(images.crop(picture(3200, 2000), aspect_ratio="16:9", min_side=MIN_SIDE))

    assert image.size == (2160, 1215)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
def test_damaged_exif_is_never_an_unexpected_error() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x9003] = "2026:11:21"
    complete = exif.tobytes()

    for cut in range(20, len(complete)):
        out = BytesIO()
        Image.new("RGB", (400, 300)).save(out, "JPEG", exif=complete[:cut])
        try:
            images.check(out.getvalue(), aspect_ratio="1:1", min_side=MIN_SIDE)
        except BadImage:
            continue
        assert opened(images.crop(out.getvalue(), aspect_ratio="1:1", min_side=MIN_SIDE)).size == (300, 300)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_exif_orientation_becomes_upright(orientation: int) -> None:
    size = (450, 800) if orientation in (5, 6, 7, 8) else (800, 450)

    image = opened(images.crop(picture(800, 450, orientation=orientation), aspect_ratio="1:1", min_side=MIN_SIDE))

    upright = ImageOps.exif_transpose(opened(picture(800, 450, orientation=orientation)))
    assert upright.size == size
    expected = ImageOps.fit(upright, (450, 450))
    for point in ((20, 20), (430, 20), (20, 430), (430, 430)):
        assert image.getpixel(point) == pytest.approx(expected.getpixel(point), abs=4)


@pytest.mark.parametrize("mode", ["P", "L", "LA", "1", "I;16", "CMYK"])
def test_every_pixel_mode_becomes_a_jpeg(mode: str) -> None:
    out = BytesIO()
    Image.new(mode, (600, 400)).save(out, "JPEG" if mode == "CMYK" else "PNG")

    image = opened(images.crop(out.getvalue(), aspect_ratio="1:1", min_side=MIN_SIDE))

    assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (400, 400))
