"""Image files: open an upload within the limits of its format, and read its orientation."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO

from PIL import Image

from keepreel.errors import BadImage
from keepreel.media import exif, jpeg, png
from keepreel.media.image_parts import ImageParts

# The largest usual photo of a phone, 50 megapixels. A decoded image takes four bytes per pixel.
MAX_PIXELS = 8192 * 6144
_MAX_WEBP_PIXELS = 32_000_000  # libwebp keeps three copies of the decoded image
_FORMATS = ("JPEG", "PNG", "WEBP")
_BROKEN = "The image is damaged or incomplete. Export it again."
_OTHER_FORMAT = "This is not a JPEG, PNG or WebP image."

Image.MAX_IMAGE_PIXELS = None  # MAX_PIXELS is checked before any pixel is decoded


@dataclass(frozen=True, kw_only=True)
class ImageFile:
    """An opened image; its pixels are not decoded yet.

    orientation  by EXIF, 1 to 8
    is_strict    False if a reader that is less tolerant than a browser could refuse the file
    """

    image: Image.Image
    orientation: int
    is_strict: bool

    @property
    def is_turned(self) -> bool:
        """True if the stored width is the height of the upright image."""
        return self.orientation >= 5

    @property
    def upright_size(self) -> tuple[int, int]:
        width, height = self.image.size
        return (height, width) if self.is_turned else (width, height)


def open_image(content: bytes) -> ImageFile:
    """Read the header. Raises BadImage for another format, a damaged header or too many pixels."""
    parts = _parts(content)
    image = _opened(parts.content)
    image.info["icc_profile"] = parts.icc_profile
    return ImageFile(image=image, orientation=exif.orientation(parts.exif), is_strict=parts.is_strict)


def load(image: Image.Image) -> None:
    """Decode the pixels. Raises BadImage."""
    with _bad_image_on_error(_BROKEN):
        image.load()


def _parts(content: bytes) -> ImageParts:
    if content.startswith(png.SIGNATURE):
        return png.essential(content)
    if content.startswith(jpeg.SIGNATURE):
        parts = jpeg.essential(content)
        parts.is_strict = _is_strict_jpeg(content)
        return parts
    metadata = _opened(content).info
    return ImageParts(content=content, exif=metadata.get("exif", b""), icc_profile=metadata.get("icc_profile", b""))


def _is_strict_jpeg(content: bytes) -> bool:
    """True if the header is fine for Pillow, and says that the file has only one picture."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            return Image.open(BytesIO(content), formats=_FORMATS).format == "JPEG"
    except Exception:  # noqa: BLE001 (Pillow's parsers raise any error)
        return False


def _opened(content: bytes) -> Image.Image:
    is_known = content.startswith((png.SIGNATURE, jpeg.SIGNATURE)) or content[8:12] == b"WEBP"
    with _bad_image_on_error(_BROKEN if is_known else _OTHER_FORMAT):
        image = Image.open(BytesIO(content), formats=_FORMATS)
    max_pixels = _MAX_WEBP_PIXELS if image.format == "WEBP" else MAX_PIXELS
    if image.width * image.height > max_pixels:
        raise BadImage(f"The image has more than {max_pixels // 1_000_000} million pixels. Make it smaller.")
    return image


@contextmanager
def _bad_image_on_error(message: str) -> Iterator[None]:
    """Catch everything, because Pillow's parsers raise any error from OSError to struct.error and OverflowError.

    Warnings about damaged metadata are ignored, as the metadata is.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except Exception:  # noqa: BLE001
        raise BadImage(message) from None
