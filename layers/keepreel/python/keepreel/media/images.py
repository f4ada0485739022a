"""Source images: check an uploaded image, and prepare it for a provider."""

from collections.abc import Collection
from io import BytesIO
from math import ceil, inf

from PIL import Image

from keepreel.errors import BadImage
from keepreel.media import image_files
from keepreel.media.colors import ToSrgb
from keepreel.media.image_files import ImageFile

MAX_PIXELS = image_files.MAX_PIXELS
_MAX_SIDE = 2160  # of an image that is converted: twice any model's resolution
_PART_PIXELS = 1_000_000  # converted at once, because a conversion copies every pixel several times
_SENT_UNCHANGED = frozenset({"JPEG", "PNG"})
_CONVERTED_MODES = ("CMYK", "I;16", "I;16B", "I")  # many readers show their colors wrong
_QUALITIES = (95, 85, 70, 50)
_ROTATIONS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def size(content: bytes) -> tuple[int, int]:
    """Return the width and height in pixels of the upright image, read from its header. Raises BadImage."""
    return image_files.open_image(content).upright_size


def check(
    content: bytes, *, aspect_ratio: str | None, min_side: int, min_ratio: float = 0, max_ratio: float = inf
) -> None:
    """Raise BadImage unless `crop` with these parameters can return an image."""
    file = image_files.open_image(content)
    _check_shape(file, aspect_ratio=aspect_ratio, min_side=min_side, min_ratio=min_ratio, max_ratio=max_ratio)
    _check_pixels(file, min_side=min_side)


def crop(
    content: bytes,
    *,
    aspect_ratio: str | None,
    min_side: int,
    min_ratio: float = 0,
    max_ratio: float = inf,
    max_bytes: int | None = None,
    formats: Collection[str] = ("JPEG", "PNG"),
) -> bytes:
    """Return the image upright, opaque, in sRGB and center-cropped to the aspect ratio; unchanged if it already fits.

    aspect_ratio          like "16:9"; None keeps the image's own
    min_side              of the cropped image, in pixels
    min_ratio, max_ratio  bounds of its width divided by its height
    max_bytes             of the returned file; a larger image is reduced
    formats               that the provider accepts, "JPEG" or "PNG"; another image is converted, to JPEG if possible

    Raises BadImage like `check`, because the upload may have been replaced since it was checked.
    """
    file = image_files.open_image(content)
    box = _check_shape(file, aspect_ratio=aspect_ratio, min_side=min_side, min_ratio=min_ratio, max_ratio=max_ratio)
    is_small_enough = max_bytes is None or len(content) <= max_bytes
    if is_small_enough and file.image.format in _SENT_UNCHANGED.intersection(formats) and _fits(file, box):
        _check_pixels(file, min_side=min_side)
        return content
    picture = _picture(file, box, min_side=min_side)
    return _encoded(
        picture, format="JPEG" if "JPEG" in formats else "PNG", max_bytes=max_bytes or inf, min_side=min_side
    )


def _check_shape(
    file: ImageFile, *, aspect_ratio: str | None, min_side: int, min_ratio: float, max_ratio: float
) -> tuple[int, int]:
    """Return the width and height of the upright, cropped image in pixels. Raises BadImage."""
    width, height = _box(file.upright_size, aspect_ratio=aspect_ratio)
    if min(width, height) < min_side:
        cropped = f"cropped to {aspect_ratio}, it" if aspect_ratio else "it"
        raise BadImage(f"The image is too small: {cropped} needs {min_side} pixels on each side.")
    if not min_ratio <= width / height <= max_ratio:
        raise BadImage(
            f"The image's shape cannot be used: its width divided by its height is {width / height:.2f}, and must be "
            f"between {min_ratio:g} and {max_ratio:g}. Crop it."
        )
    return width, height


def _check_pixels(file: ImageFile, *, min_side: int) -> None:
    side = max(1, min_side)
    file.image.draft("RGB", (side, side))  # reads all of a JPEG but decodes it at a small size
    image_files.load(file.image)


def _fits(file: ImageFile, box: tuple[int, int]) -> bool:
    """True if every reader shows the file as the picture that would be made from it."""
    has_ratio = all(abs(side - cropped) <= 1 for side, cropped in zip(file.upright_size, box, strict=True))
    is_plain = file.orientation == 1 and file.is_strict and file.image.mode not in _CONVERTED_MODES
    return has_ratio and is_plain and not _is_transparent(file.image)


def _is_transparent(image: Image.Image) -> bool:
    if not image.has_transparency_data:
        return False
    image_files.load(image)
    to_srgb = ToSrgb(image)
    return any(to_srgb.is_transparent(image.crop(part)) for part in _parts((0, 0, *image.size), multiple_of=1))


def _picture(file: ImageFile, box: tuple[int, int], *, min_side: int) -> Image.Image:
    """Return the upright picture in RGB, with at most 2160 pixels on its longer side unless a side became too small."""
    image, (width, height) = file.image, reversed(box) if file.is_turned else box
    shrink = min(1.0, max(_MAX_SIDE / max(box), min_side / min(box)))
    target = (round(width * shrink), round(height * shrink))
    full_width, full_height = image.size
    # Decode a JPEG at a fraction of its size, if that still has enough pixels.
    image.draft("RGB", (ceil(full_width * shrink), ceil(full_height * shrink)))
    image_files.load(image)
    across, down = width * image.width / full_width, height * image.height / full_height
    left, top = (image.width - across) / 2, (image.height - down) / 2
    cropped = (round(left), round(top), round(left + across), round(top + down))
    small = _reduced(image, cropped, factor=max(1, int(across / target[0]))).resize(target)
    rotation = _ROTATIONS.get(file.orientation)
    return small if rotation is None else small.transpose(rotation)


def _reduced(image: Image.Image, box: tuple[int, int, int, int], *, factor: int) -> Image.Image:
    """Return the box in RGB, divided by the factor. Parts are converted one by one, to use little memory."""
    left, top, right, bottom = box
    out = Image.new("RGB", (ceil((right - left) / factor), ceil((bottom - top) / factor)))
    to_srgb = ToSrgb(image)
    for part in _parts(box, multiple_of=factor):
        converted = to_srgb.convert(image.crop(part))
        out.paste(converted.reduce(factor), (0, (part[1] - top) // factor))
    return out


def _parts(box: tuple[int, int, int, int], *, multiple_of: int) -> list[tuple[int, int, int, int]]:
    """Cut a box into parts of full width, whose height is a multiple of this number."""
    left, top, right, bottom = box
    rows = max(1, _PART_PIXELS // ((right - left) * multiple_of)) * multiple_of
    return [(left, start, right, min(start + rows, bottom)) for start in range(top, bottom, rows)]


def _box(size: tuple[int, int], *, aspect_ratio: str | None) -> tuple[int, int]:
    """Return the largest width and height of this aspect ratio that fit into the image."""
    width, height = size
    if aspect_ratio is None:
        return width, height
    across, down = (int(part) for part in aspect_ratio.split(":"))
    return min(width, height * across // down), min(height, width * down // across)


def _encoded(picture: Image.Image, *, format: str, max_bytes: float, min_side: int) -> bytes:
    """Return the file in the best quality that fits, then at a smaller size. Raises BadImage if none fits."""
    while min(picture.size) >= min_side:
        for quality in _QUALITIES if format == "JPEG" else (None,):
            content = _saved(picture, format=format, quality=quality)
            if len(content) <= max_bytes:
                return content
        picture = picture.resize((picture.width * 3 // 4, picture.height * 3 // 4))
    raise BadImage(f"The image cannot be reduced to {max_bytes / 1024 / 1024:.2g} MB.")


def _saved(picture: Image.Image, *, format: str, quality: int | None) -> bytes:
    out = BytesIO()
    picture.save(out, format, **({} if quality is None else {"quality": quality}))
    return out.getvalue()
