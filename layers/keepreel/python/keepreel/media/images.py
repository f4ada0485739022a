"""Source images: check an uploaded image, and crop it to the video's aspect ratio."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

from PIL import Image

from keepreel.errors import BadImage

MAX_PIXELS = 24_000_000  # a decoded image takes four bytes per pixel or more
_MAX_CROP_SIDE = 2160  # twice any model's resolution; keeps a crop well under the providers' limits
_FORMATS = ("JPEG", "PNG", "WEBP")
_SENT_UNCHANGED = ("JPEG", "PNG")  # a WebP is converted, because not every provider accepts it
_BROKEN = "The image is damaged or incomplete. Export it again."
_ORIENTATION = 0x0112
# EXIF orientations. Pillow's exif_transpose is not used, because it also rewrites the EXIF data and fails on damaged
# ones.
_ROTATIONS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

Image.MAX_IMAGE_PIXELS = None  # MAX_PIXELS is checked before any pixel is decoded


def check(content: bytes, *, aspect_ratio: str, min_side: int) -> None:
    """Raise BadImage unless this is a complete image that, once cropped, has at least `min_side` pixels per side."""
    image = _opened(content)
    width, height = _box(_upright_size(image), aspect_ratio=aspect_ratio)
    if min(width, height) < min_side:
        raise BadImage(f"The image is too small: cropped to {aspect_ratio}, it needs {min_side} pixels on each side.")
    image.draft("RGB", (min_side, min_side))  # reads all of a JPEG but decodes it at a small size
    with _bad_image_on_error(_BROKEN):
        image.load()


def crop(content: bytes, *, aspect_ratio: str, min_side: int) -> bytes:
    """Return the image center-cropped to the aspect ratio, upright, as JPEG; unchanged if it already fits.

    Crops and scales before converting, because a conversion copies every pixel. Raises BadImage like `check`, because
    the upload may have been replaced since it was checked.
    """
    check(content, aspect_ratio=aspect_ratio, min_side=min_side)
    image = _opened(content)
    size = _upright_size(image)
    width, height = _box(size, aspect_ratio=aspect_ratio)
    has_ratio = abs(size[0] - width) <= 1 and abs(size[1] - height) <= 1
    rotation = _ROTATIONS.get(_orientation(image))
    if rotation is None and has_ratio and image.format in _SENT_UNCHANGED:
        return content
    with _bad_image_on_error(_BROKEN):
        image.load()
    if rotation is not None:
        image = image.transpose(rotation)
    left, top = (image.width - width) // 2, (image.height - height) // 2
    shrink = min(1.0, _MAX_CROP_SIDE / max(width, height))
    small = _without_palette(image.crop((left, top, left + width, top + height)))
    return _as_jpeg(_opaque(small.resize((round(width * shrink), round(height * shrink)))))


def _opened(content: bytes) -> Image.Image:
    with _bad_image_on_error("This is not a JPEG, PNG or WebP image."):
        image = Image.open(BytesIO(content), formats=_FORMATS)
    if image.width * image.height > MAX_PIXELS:
        raise BadImage(f"The image has more than {MAX_PIXELS // 1_000_000} million pixels. Make it smaller.")
    return image


@contextmanager
def _bad_image_on_error(message: str) -> Iterator[None]:
    """Catch everything, because Pillow's parsers raise any error from OSError to struct.error and OverflowError."""
    try:
        yield
    except Exception:  # noqa: BLE001
        raise BadImage(message) from None


def _upright_size(image: Image.Image) -> tuple[int, int]:
    is_rotated = _orientation(image) in (5, 6, 7, 8)
    return (image.height, image.width) if is_rotated else image.size


def _orientation(image: Image.Image) -> int:
    with _bad_image_on_error(_BROKEN):  # for a PNG this reads the whole file
        return int(image.getexif().get(_ORIENTATION, 1))


def _box(size: tuple[int, int], *, aspect_ratio: str) -> tuple[int, int]:
    """Return the largest width and height of this aspect ratio that fit into the image."""
    across, down = (int(part) for part in aspect_ratio.split(":"))
    width, height = size
    return min(width, height * across // down), min(height, width * down // across)


def _without_palette(image: Image.Image) -> Image.Image:
    """Return true-color pixels: scaling blends colors and cannot blend palette indexes."""
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
