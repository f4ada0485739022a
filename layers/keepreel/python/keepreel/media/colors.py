"""Colors: convert decoded pixels of any mode to opaque sRGB."""

from io import BytesIO
from typing import TYPE_CHECKING

from PIL import Image

if TYPE_CHECKING:
    from PIL import ImageCms

_GREY_16 = ("I;16", "I;16B", "I")
_DEEPEST = 65_535
_PROFILE_MODES = {"RGB ": "RGB", "GRAY": "L", "CMYK": "CMYK"}  # by the profile's color space


class ToSrgb:
    """Converts parts of one image: its profile's colors to sRGB, and its transparent pixels to a white background."""

    def __init__(self, image: Image.Image) -> None:
        self._transparent_grey = image.info.get("transparency") if image.mode in _GREY_16 else None
        self._grey_16_to_8 = [round(it / 257) for it in range(_DEEPEST + 1)] if image.mode in _GREY_16 else []
        self._profile_mode, self._transform = _transform(image.info.get("icc_profile"), image)

    def convert(self, part: Image.Image) -> Image.Image:
        """Return the part as RGB."""
        color, alpha = self._split(part)
        if self._transform is not None:
            color = self._transform.apply(color.convert(self._profile_mode))
        color = color.convert("RGB")
        if alpha is None:
            return color
        opaque = Image.new("RGB", color.size, "white")
        opaque.paste(color, mask=alpha)
        return opaque

    def is_transparent(self, part: Image.Image) -> bool:
        """True if any pixel of the part is at least slightly transparent."""
        _, alpha = self._split(part)
        return alpha is not None and alpha.getextrema()[0] != 255

    def _split(self, part: Image.Image) -> tuple[Image.Image, Image.Image | None]:
        """Return the colors, with 8 bits per channel and without a palette, and the alpha channel."""
        if part.mode in _GREY_16:
            return self._split_grey_16(part.convert("I"))
        if part.mode == "1" and not part.has_transparency_data:
            part = part.convert("L")
        elif part.mode in ("P", "PA") or part.has_transparency_data:
            part = part.convert("RGBA" if part.has_transparency_data else "RGB")
        alpha = part.getchannel("A") if "A" in part.getbands() else None
        return (part.convert("RGB") if part.mode == "RGBA" else part), alpha

    def _split_grey_16(self, part: Image.Image) -> tuple[Image.Image, Image.Image | None]:
        color = part.point(self._grey_16_to_8, "L")
        if self._transparent_grey is None:
            return color, None
        alpha = [255] * (_DEEPEST + 1)
        alpha[self._transparent_grey] = 0
        return color, part.point(alpha, "L")


def _transform(profile: bytes | None, image: Image.Image) -> "tuple[str, ImageCms.ImageCmsTransform | None]":
    """Return the mode that the profile describes, and its transform. A profile that does not fit is ignored."""
    if not profile:
        return "", None
    from PIL import ImageCms  # only an image with a profile pays for the import

    try:
        described = ImageCms.ImageCmsProfile(BytesIO(profile))
        mode = _PROFILE_MODES[described.profile.xcolor_space]
        if (mode == "CMYK") != (image.mode == "CMYK") or (
            mode == "L" and image.mode not in (*_GREY_16, "1", "L", "LA")
        ):
            return "", None
        srgb = ImageCms.createProfile("sRGB")
        return mode, ImageCms.buildTransform(described, ImageCms.ImageCmsProfile(srgb), mode, "RGB")
    except (ImageCms.PyCMSError, OSError, KeyError, TypeError, ValueError):
        return "", None
