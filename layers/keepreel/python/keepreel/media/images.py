"""Source images: checked before anything is spent, and cropped to the shape that was asked for."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

from PIL import Image

from keepreel.errors import BadImage

SMALLEST_SIDE = 300  # Kling's limit
LARGEST_PIXELS = 24_000_000  # decoded, an image takes four bytes a pixel and more
_LONGEST_SIDE_SENT = 2160  # twice what any model draws; keeps a crop well under the ten megabytes
_FORMATS = ("JPEG", "PNG", "WEBP")
_SENT_AS_THEY_ARE = ("JPEG", "PNG")  # the formats that Kling takes
_BROKEN = "The image is broken or cut off; export it again."
_ORIENTATION = 0x0112
# EXIF's numbers. Turned by hand: Pillow's own way rewrites the EXIF too, and stumbles over a broken one.
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

Image.MAX_IMAGE_PIXELS = None  # we refuse by LARGEST_PIXELS, before a pixel is decoded


def check(content: bytes, *, aspect_ratio: str) -> None:
    """Raises BadImage unless this is a whole image that gives at least 300 pixels a side once cropped."""
    image = _opened(content)
    width, height = _box(_upright_size(image), aspect_ratio=aspect_ratio)
    if min(width, height) < SMALLEST_SIDE:
        raise BadImage(f"The image is too small: cut to {aspect_ratio} it must be {SMALLEST_SIDE} pixels on each side.")
    image.draft("RGB", (SMALLEST_SIDE, SMALLEST_SIDE))  # a JPEG is read whole but decoded small
    with _or_bad_image(_BROKEN):
        image.load()


def cropped(content: bytes, *, aspect_ratio: str) -> bytes:
    """The image in the shape asked for, cut round its centre, upright, as JPEG; as it is if nothing has to be done.

    Cut and made small first and converted then, since a conversion copies every pixel. Raises BadImage like `check`:
    the upload may be another by now than the one that was checked.
    """
    check(content, aspect_ratio=aspect_ratio)
    image = _opened(content)
    size = _upright_size(image)
    width, height = _box(size, aspect_ratio=aspect_ratio)
    has_shape = abs(size[0] - width) <= 1 and abs(size[1] - height) <= 1
    turn = _TURNS.get(_orientation(image))
    if turn is None and has_shape and image.format in _SENT_AS_THEY_ARE:
        return content
    with _or_bad_image(_BROKEN):
        image.load()
    if turn is not None:
        image = image.transpose(turn)
    left, top = (image.width - width) // 2, (image.height - height) // 2
    shrink = min(1.0, _LONGEST_SIDE_SENT / max(width, height))
    small = _without_palette(image.crop((left, top, left + width, top + height)))
    return _as_jpeg(_opaque(small.resize((round(width * shrink), round(height * shrink)))))


def _opened(content: bytes) -> Image.Image:
    with _or_bad_image("This is not a JPEG, PNG or WebP image."):
        image = Image.open(BytesIO(content), formats=_FORMATS)
    if image.width * image.height > LARGEST_PIXELS:
        raise BadImage(f"The image has more than {LARGEST_PIXELS // 1_000_000} million pixels; make it smaller.")
    return image


@contextmanager
def _or_bad_image(message: str) -> Iterator[None]:
    """Pillow raises whatever its parsers stumble over, from OSError to struct.error and OverflowError."""
    try:
        yield
    except Exception:  # noqa: BLE001
        raise BadImage(message) from None


def _upright_size(image: Image.Image) -> tuple[int, int]:
    is_turned = _orientation(image) in (5, 6, 7, 8)
    return (image.height, image.width) if is_turned else image.size


def _orientation(image: Image.Image) -> int:
    with _or_bad_image(_BROKEN):  # a PNG is read whole for it
        return int(image.getexif().get(_ORIENTATION, 1))


def _box(size: tuple[int, int], *, aspect_ratio: str) -> tuple[int, int]:
    """The largest width and height of this shape that fit into the image."""
    across, down = (int(part) for part in aspect_ratio.split(":"))
    width, height = size
    return min(width, height * across // down), min(height, width * down // across)


def _without_palette(image: Image.Image) -> Image.Image:
    """Only colours, not a palette's numbers, can be mixed when an image is made smaller."""
    if image.mode not in ("P", "1"):
        return image
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def _opaque(image: Image.Image) -> Image.Image:
    if image.has_transparency_data:
        white = Image.new("RGBA", image.size, "white")
        return Image.alpha_composite(white, image.convert("RGBA")).convert("RGB")
    return image.convert("RGB")


def _as_jpeg(image: Image.Image) -> bytes:
    out = BytesIO()
    image.save(out, "JPEG", quality=95)
    return out.getvalue()
