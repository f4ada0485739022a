"""Colors of prepared images: bit depths, pixel modes, transparency and color profiles."""

from typing import Any

import pytest
from PIL import Image, ImageCms

from keepreel.media import images
from tests.unit.media.pictures import (
    DATA,
    GREY_ALPHA,
    PALETTE,
    RGB,
    RGB_ALPHA,
    chunk,
    opened,
    png,
    profile,
    saved,
)

RATIOS = ["1:1", "16:9", "9:16"]
RED_AND_GREEN = chunk(b"PLTE", bytes((200, 0, 0, 0, 100, 0)))


def prepared(content: bytes, *, aspect_ratio: str = "16:9") -> Image.Image:
    return opened(images.crop(content, aspect_ratio=aspect_ratio, min_side=100))


def color(content: bytes, *, aspect_ratio: str = "16:9") -> tuple[int, int, int]:
    image = prepared(content, aspect_ratio=aspect_ratio).convert("RGB")
    found = image.getpixel((image.width // 2, image.height // 2))
    assert isinstance(found, tuple)
    return found[0], found[1], found[2]


@pytest.mark.parametrize("aspect_ratio", RATIOS)
@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (png(1, depth=1), (255, 255, 255)),
        (png(2, depth=2), (170, 170, 170)),
        (png(5, depth=4), (85, 85, 85)),
        (png(78), (78, 78, 78)),
        (png(78 * 257, depth=16), (78, 78, 78)),
        (png(195 * 257, depth=16), (195, 195, 195)),
        (png(65_535, depth=16), (255, 255, 255)),
        (png(200 * 257, 60 * 257, 30 * 257, depth=16, color_type=RGB), (200, 60, 30)),
        (png(78 * 257, 65_535, depth=16, color_type=GREY_ALPHA), (78, 78, 78)),
        (png(9 * 257, 90 * 257, 250 * 257, 65_535, depth=16, color_type=RGB_ALPHA), (9, 90, 250)),
        (png(0, depth=4, color_type=PALETTE, before=RED_AND_GREEN), (200, 0, 0)),
        (png(1, color_type=PALETTE, before=RED_AND_GREEN), (0, 100, 0)),
    ],
)
def test_every_bit_depth_keeps_its_color(content: bytes, expected: tuple[int, int, int], aspect_ratio: str) -> None:
    result = images.crop(content, aspect_ratio=aspect_ratio, min_side=100)

    if result != content:
        assert color(content, aspect_ratio=aspect_ratio) == pytest.approx(expected, abs=2)
    else:
        assert aspect_ratio == "1:1"  # nothing needs to change


@pytest.mark.parametrize("mode", ["I;16", "CMYK"])
def test_mode_that_many_readers_show_wrong_is_always_converted(mode: str) -> None:
    content = saved(Image.new(mode, (400, 400)), "JPEG" if mode == "CMYK" else "PNG")

    assert prepared(content, aspect_ratio="1:1").mode == "RGB"


@pytest.mark.parametrize("aspect_ratio", RATIOS)
@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (png(0, 128, color_type=GREY_ALPHA), (127, 127, 127)),
        (png(0, 32_768, depth=16, color_type=GREY_ALPHA), (127, 127, 127)),
        (png(200, 0, 0, 128, color_type=RGB_ALPHA), (227, 127, 127)),
        (png(200 * 257, 0, 0, 128 * 257, depth=16, color_type=RGB_ALPHA), (227, 127, 127)),
        (png(200, 0, 0, 0, color_type=RGB_ALPHA), (255, 255, 255)),
        (png(0, color_type=PALETTE, before=RED_AND_GREEN + chunk(b"tRNS", b"\x80")), (227, 127, 127)),
        (png(0, depth=2, color_type=PALETTE, before=RED_AND_GREEN + chunk(b"tRNS", b"\0")), (255, 255, 255)),
        (png(0, depth=1, before=chunk(b"tRNS", b"\0\0")), (255, 255, 255)),
        (png(1, depth=2, before=chunk(b"tRNS", b"\0\1")), (255, 255, 255)),
        (png(7, depth=4, before=chunk(b"tRNS", b"\0\7")), (255, 255, 255)),
        (png(78, before=chunk(b"tRNS", b"\0\x4e")), (255, 255, 255)),
        (png(20_000, depth=16, before=chunk(b"tRNS", (20_000).to_bytes(2, "big"))), (255, 255, 255)),
        (png(7, 8, 9, color_type=RGB, before=chunk(b"tRNS", b"\0\7\0\10\0\11")), (255, 255, 255)),
        (
            png(7 * 257, 8 * 257, 9 * 257, depth=16, color_type=RGB, before=chunk(b"tRNS", b"\7\7\10\10\11\11")),
            (255, 255, 255),
        ),
        (saved(Image.new("RGBA", (400, 400), (200, 0, 0, 128)), "WEBP", lossless=True), (227, 127, 127)),
    ],
)
def test_transparent_image_is_composed_on_white_for_every_ratio(
    content: bytes, expected: tuple[int, int, int], aspect_ratio: str
) -> None:
    assert prepared(content, aspect_ratio=aspect_ratio).mode == "RGB"
    assert color(content, aspect_ratio=aspect_ratio) == pytest.approx(expected, abs=2)


@pytest.mark.parametrize(
    "content",
    [
        png(200, 0, 0, 255, color_type=RGB_ALPHA),
        png(90, 255, color_type=GREY_ALPHA),
        png(78, before=chunk(b"tRNS", b"\0\1")),
        png(1, color_type=PALETTE, before=RED_AND_GREEN + chunk(b"tRNS", b"\0")),
    ],
)
def test_opaque_image_with_an_alpha_channel_is_unchanged(content: bytes) -> None:
    assert images.crop(content, aspect_ratio="1:1", min_side=100) == content


@pytest.mark.parametrize("name", ["p3.jpg", "prophoto.png"])
@pytest.mark.parametrize("aspect_ratio", RATIOS)
def test_profile_is_converted_to_srgb(name: str, aspect_ratio: str) -> None:
    assert color((DATA / name).read_bytes(), aspect_ratio=aspect_ratio) == pytest.approx((200, 60, 60), abs=3)


PROPHOTO = profile("prophoto.png")


@pytest.mark.parametrize(
    ("image", "format", "options"),
    [
        (Image.new("RGB", (800, 600), (137, 70, 51)), "JPEG", {"quality": 100, "subsampling": 0}),
        (Image.new("RGB", (800, 600), (137, 70, 51)), "WEBP", {"lossless": True}),
        (Image.new("RGBA", (800, 600), (137, 70, 51, 255)), "PNG", {}),
        (Image.new("RGB", (800, 600), (137, 70, 51)).quantize(2), "PNG", {}),
    ],
)
def test_profile_is_converted_in_every_format_and_mode(
    image: Image.Image, format: str, options: dict[str, Any]
) -> None:
    content = saved(image, format, icc_profile=PROPHOTO, **options)

    assert color(content) == pytest.approx((200, 60, 60), abs=4)


def test_transparent_image_with_a_profile_is_converted_before_it_is_composed() -> None:
    content = saved(Image.new("RGBA", (800, 600), (137, 70, 51, 128)), icc_profile=PROPHOTO)

    assert color(content) == pytest.approx((227, 157, 157), abs=3)


@pytest.mark.parametrize("damaged", [b"not a profile", PROPHOTO[:200], b"\0" * 500, PROPHOTO.replace(b"RGB ", b"CMYK")])
@pytest.mark.parametrize("format", ["JPEG", "PNG"])
def test_damaged_or_unsuitable_profile_is_ignored(format: str, damaged: bytes) -> None:
    content = saved(Image.new("RGB", (800, 600), (200, 60, 60)), format, icc_profile=damaged)

    assert color(content) == pytest.approx((200, 60, 60), abs=3)


def test_srgb_profile_changes_nothing() -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()

    for mode, value in (("RGB", (200, 60, 60)), ("L", 78)):
        image = Image.new(mode, (800, 600), value)
        assert color(saved(image, icc_profile=srgb)) == pytest.approx(color(saved(image)), abs=1)


@pytest.mark.parametrize(
    ("inks", "expected"),
    [((0, 255, 255, 0), (255, 0, 0)), ((0, 0, 0, 128), (127, 127, 127)), ((0, 0, 0, 0), (255, 255, 255))],
)
@pytest.mark.parametrize("aspect_ratio", RATIOS)
def test_cmyk_photo_keeps_its_colors(
    inks: tuple[int, int, int, int], expected: tuple[int, int, int], aspect_ratio: str
) -> None:
    content = saved(Image.new("CMYK", (600, 600), inks), "JPEG", quality=100)

    assert color(content, aspect_ratio=aspect_ratio) == pytest.approx(expected, abs=4)


def test_grey_photo_stays_grey() -> None:
    assert color(saved(Image.new("L", (800, 600), 78), "JPEG")) == pytest.approx((78, 78, 78), abs=2)
