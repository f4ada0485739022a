"""Source images: checked before anything is spent, and cropped to the shape that was asked for."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

from PIL import Image, ImageOps

from keepreel.errors import BadImage

SMALLEST_SIDE = 300  # Kling's limit
LARGEST_PIXELS = 50_000_000
_LONGEST_SIDE_SENT = 2160  # twice what any model draws; keeps a crop well under the ten megabytes
_FORMATS = ("JPEG", "PNG", "WEBP")
_SENT_AS_THEY_ARE = ("JPEG", "PNG")  # the formats that Kling takes
_ORIENTATION = 0x0112

Image.MAX_IMAGE_PIXELS = None  # we refuse by LARGEST_PIXELS, before a pixel is decoded


def check(content: bytes, *, aspect_ratio: str) -> None:
    """Raises BadImage unless this is a whole image that gives at least 300 pixels a side once cropped."""
    image = _opened(content)
    width, height = _box(_upright_size(image), aspect_ratio=aspect_ratio)
    if min(width, height) < SMALLEST_SIDE:
        raise BadImage(f"The image is too small: cut to {aspect_ratio} it must be {SMALLEST_SIDE} pixels on each side.")
    image.draft("RGB", (SMALLEST_SIDE, SMALLEST_SIDE))  # a JPEG is read whole but decoded small
    with _broken_is_bad():
        image.load()


def cropped(content: bytes, *, aspect_ratio: str) -> bytes:
    """The image in the shape asked for, cut round its centre, upright, as JPEG; as it is if nothing has to be done."""
    image = _opened(content)
    width, height = _box(_upright_size(image), aspect_ratio=aspect_ratio)
    is_upright = _orientation(image) == 1
    has_shape = abs(image.width - width) <= 1 and abs(image.height - height) <= 1
    if is_upright and has_shape and image.format in _SENT_AS_THEY_ARE:
        return content
    with _broken_is_bad():
        image.load()
    shrink = min(1.0, _LONGEST_SIDE_SENT / max(width, height))
    size = (round(width * shrink), round(height * shrink))
    return _as_jpeg(ImageOps.fit(_opaque(ImageOps.exif_transpose(image)), size))


def _opened(content: bytes) -> Image.Image:
    try:
        image = Image.open(BytesIO(content), formats=_FORMATS)
    except (OSError, SyntaxError, ValueError):
        raise BadImage("This is not a JPEG, PNG or WebP image.") from None
    if image.width * image.height > LARGEST_PIXELS:
        raise BadImage(f"The image has more than {LARGEST_PIXELS // 1_000_000} million pixels; make it smaller.")
    return image


@contextmanager
def _broken_is_bad() -> Iterator[None]:
    try:
        yield
    except (OSError, SyntaxError, ValueError):
        raise BadImage("The image is broken or cut off; export it again.") from None


def _upright_size(image: Image.Image) -> tuple[int, int]:
    is_turned = _orientation(image) in (5, 6, 7, 8)
    return (image.height, image.width) if is_turned else image.size


def _orientation(image: Image.Image) -> int:
    with _broken_is_bad():  # a PNG is read whole for it
        return int(image.getexif().get(_ORIENTATION, 1))


def _box(size: tuple[int, int], *, aspect_ratio: str) -> tuple[int, int]:
    """The largest width and height of this shape that fit into the image."""
    across, down = (int(part) for part in aspect_ratio.split(":"))
    width, height = size
    return min(width, height * across // down), min(height, width * down // across)


def _opaque(image: Image.Image) -> Image.Image:
    if image.has_transparency_data:
        white = Image.new("RGBA", image.size, "white")
        return Image.alpha_composite(white, image.convert("RGBA")).convert("RGB")
    return image.convert("RGB")


def _as_jpeg(image: Image.Image) -> bytes:
    out = BytesIO()
    image.save(out, "JPEG", quality=95)
    return out.getvalue()
