"""Image files as cameras and editors write them: metadata, damage, and sizes."""

import struct
import zlib

import pytest
from PIL import Image

from keepreel.errors import BadImage
from keepreel.media import images
from tests.unit.media.pictures import DATA, chunk, opened, png, saved

MEBIBYTE = 1024 * 1024


def exif(orientation: int, *, order: str = "<", type: int = 3, count: int = 1) -> bytes:
    start = {"<": b"II*\0", ">": b"MM\0*"}[order]
    value = struct.pack(order + "H2x" if type == 3 else order + "I", orientation)
    entries = struct.pack(order + "HHI4s", 0x0100, 4, 1, b"\0\0\0\1")
    entries += struct.pack(order + "HHI", 0x0112, type, count) + value
    return start + struct.pack(order + "IH", 8, 2) + entries + bytes(4)


def damaged_chunk(kind: bytes, data: bytes) -> bytes:
    return chunk(kind, data, crc=zlib.crc32(kind + data) ^ 1)


LARGE = zlib.compress(bytes(5 * MEBIBYTE))
IGNORED = {
    "bad-crc-phys": damaged_chunk(b"pHYs", struct.pack(">IIB", 2835, 2835, 1)),
    "bad-crc-text": damaged_chunk(b"tEXt", b"Comment\0hello"),
    "bad-crc-time": damaged_chunk(b"tIME", bytes(7)),
    "bad-crc-exif": damaged_chunk(b"eXIf", exif(6)),
    "bad-crc-profile": damaged_chunk(b"iCCP", b"p\0\0" + LARGE),
    "bad-crc-transparency": damaged_chunk(b"tRNS", b"\0\x4e"),
    "huge-itxt": chunk(b"iTXt", b"XML\0\1\0\0\0" + LARGE),
    "huge-ztxt": chunk(b"zTXt", b"Comment\0\0" + LARGE),
    "huge-profile": chunk(b"iCCP", b"p\0\0" + zlib.compress(bytes(40 * MEBIBYTE))),
    "broken-deflate": chunk(b"zTXt", b"Comment\0\0not deflated"),
    "broken-profile": chunk(b"iCCP", b"p\0\0not deflated"),
    "text-without-end": chunk(b"zTXt", b"Comment"),
    "exif-garbage": chunk(b"eXIf", b"hello, not a TIFF header"),
    "empty-exif": chunk(b"eXIf"),
    "short-transparency": chunk(b"tRNS", b"\0"),
    "short-physical": chunk(b"pHYs", b"\0"),
    "short-gamma": chunk(b"gAMA", b"\0"),
    "short-chromaticities": chunk(b"cHRM", b"\0"),
    "broken-animation": chunk(b"acTL", b"\0\0"),
    "private": chunk(b"vpAg", b"\0" * 9),
}


@pytest.mark.parametrize("name", IGNORED)
@pytest.mark.parametrize("aspect_ratio", ["1:1", "16:9"])
@pytest.mark.parametrize("is_before", [True, False], ids=["before", "after"])
def test_png_chunk_that_browsers_ignore_is_ignored(name: str, aspect_ratio: str, *, is_before: bool) -> None:
    content = png(78, before=IGNORED[name]) if is_before else png(78, after=IGNORED[name])

    images.check(content, aspect_ratio=aspect_ratio, min_side=100)
    image = opened(images.crop(content, aspect_ratio=aspect_ratio, min_side=100)).convert("L")

    assert image.getpixel((100, 100)) == pytest.approx(78, abs=2)


@pytest.mark.parametrize("name", ["bad-crc-phys", "huge-itxt", "huge-ztxt", "huge-profile"])
def test_png_that_a_strict_reader_could_refuse_is_not_sent_unchanged(name: str) -> None:
    assert opened(images.crop(png(78, before=IGNORED[name]), aspect_ratio="1:1", min_side=100)).format == "JPEG"


def test_png_with_uncompressed_xmp_is_unchanged() -> None:
    screenshot = png(78, before=chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + b"<x/>" * 900))

    assert images.crop(screenshot, aspect_ratio="1:1", min_side=100) == screenshot


@pytest.mark.parametrize(
    "end", [b"", b"\0", chunk(b"IEND") + b"trailing bytes", chunk(b"IEND", crc=1), chunk(b"tEXt", b"no end")]
)
def test_png_with_complete_pixels_is_accepted_whatever_follows(end: bytes) -> None:
    images.check(png(78, end=end), aspect_ratio="1:1", min_side=100)


COMPLETE_PNG = png(78)


@pytest.mark.parametrize(
    "content",
    [
        COMPLETE_PNG[:20],
        COMPLETE_PNG[:33],
        COMPLETE_PNG[:60],
        COMPLETE_PNG.replace(b"IDAT", b"JDAT"),
        b"\xff\xd8\xff",
        (DATA / "p3.jpg").read_bytes()[:300],
        (DATA / "p3.jpg").read_bytes()[:-900],
        saved(Image.effect_noise((400, 400), 50), "WEBP")[:-900],
    ],
)
def test_truly_damaged_image_is_refused_as_damaged(content: bytes) -> None:
    with pytest.raises(BadImage, match="damaged or incomplete"):
        images.check(content, aspect_ratio="1:1", min_side=100)


def half_and_half(format: str, *, exif_data: bytes | None = None) -> bytes:
    image = Image.new("RGB", (800, 450), "red")
    image.paste("blue", (400, 0, 800, 450))
    return saved(image, format) if exif_data is None else saved(image, format, exif=exif_data)


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(("orientation", "top_left"), [(6, (254, 0, 0)), (8, (0, 0, 254))])
def test_exif_orientation_is_honored_in_every_format(
    format: str, order: str, orientation: int, top_left: tuple[int, int, int]
) -> None:
    content = half_and_half(format, exif_data=b"Exif\0\0" + exif(orientation, order=order))

    image = opened(images.crop(content, aspect_ratio="9:16", min_side=100))

    assert images.size(content) == image.size == (450, 800)
    assert image.getpixel((20, 20)) == pytest.approx(top_left, abs=4)


def test_exif_after_the_pixels_of_a_png_is_honored() -> None:
    assert images.size(png(78, size=(800, 400), after=chunk(b"eXIf", exif(6)))) == (400, 800)


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize(
    "data",
    [
        b"garbage",
        exif(0),
        exif(9),
        exif(6, type=4),
        exif(6, count=2),
        exif(6)[:9],
        b"II*\0\xff\xff\xff\xff",
        b"MM\0*" + b"\xff" * 100,
    ],
)
def test_damaged_exif_means_upright(format: str, data: bytes) -> None:
    assert images.size(half_and_half(format, exif_data=b"Exif\0\0" + data)) == (800, 450)


def test_xmp_orientation_is_ignored_as_in_browsers() -> None:
    content = (DATA / "xmp_orientation6.jpg").read_bytes()

    assert images.size(content) == (800, 600)
    assert images.crop(content, aspect_ratio="4:3", min_side=300) == content


@pytest.mark.parametrize("size", [(5712, 4284), (4284, 5712), (8064, 6048), (8192, 6144)])
def test_photo_of_a_current_phone_is_made_smaller(size: tuple[int, int]) -> None:
    content = saved(Image.new("L", size, 78), "JPEG")

    images.check(content, aspect_ratio="1:1", min_side=300)
    image = opened(images.crop(content, aspect_ratio="1:1", min_side=300))

    assert image.size == (2160, 2160)
    assert image.convert("L").getpixel((5, 5)) == pytest.approx(78, abs=2)


def test_large_crop_of_a_rotated_photo_keeps_its_parts_in_place() -> None:
    image = Image.new("RGB", (4000, 3000), "red")
    image.paste("blue", (2000, 0, 4000, 3000))
    image.paste("lime", (0, 1500, 2000, 3000))

    found = opened(images.crop(saved(image, "JPEG", exif=b"Exif\0\0" + exif(6)), aspect_ratio="9:16", min_side=300))

    assert found.size == (1215, 2160)
    corners = {(10, 10): (0, 255, 0), (1200, 10): (254, 0, 0), (10, 2150): (0, 0, 254), (1200, 2150): (0, 0, 254)}
    assert {at: found.getpixel(at) for at in corners} == {at: pytest.approx(it, abs=6) for at, it in corners.items()}


NOISE = saved(Image.effect_noise((900, 900), 120), "PNG")


@pytest.mark.parametrize("max_bytes", [700_000, 300_000, 100_000, 60_000])
def test_image_is_reduced_to_the_limit_of_the_model(max_bytes: int) -> None:
    content = images.crop(NOISE, aspect_ratio="1:1", min_side=300, max_bytes=max_bytes)

    assert len(content) <= max_bytes
    assert min(opened(content).size) >= 300


def test_image_within_the_limit_is_unchanged() -> None:
    assert images.crop(NOISE, aspect_ratio="1:1", min_side=300, max_bytes=len(NOISE)) == NOISE
    assert images.crop(NOISE, aspect_ratio="1:1", min_side=300, max_bytes=len(NOISE) - 1) != NOISE


def test_image_that_cannot_be_reduced_enough_is_refused() -> None:
    with pytest.raises(BadImage, match="cannot be reduced"):
        images.crop(NOISE, aspect_ratio="1:1", min_side=900, max_bytes=10_000)


@pytest.mark.parametrize(("formats", "format"), [(("JPEG", "PNG"), "PNG"), (("JPEG",), "JPEG"), (("PNG",), "PNG")])
def test_image_is_sent_in_a_format_of_the_model(formats: tuple[str, ...], format: str) -> None:
    content = images.crop(png(78), aspect_ratio="1:1", min_side=100, formats=formats)

    assert opened(content).format == format
    assert opened(images.crop(png(78), aspect_ratio="16:9", min_side=100, formats=("PNG",))).format == "PNG"


def test_image_without_an_aspect_ratio_keeps_its_shape() -> None:
    wide = saved(Image.new("RGB", (3000, 1000)), "WEBP")

    assert opened(images.crop(wide, aspect_ratio=None, min_side=300)).size == (2160, 720)
    with pytest.raises(BadImage, match=r"is 3\.00, and must be between 0\.4 and 2\.5"):
        images.check(wide, aspect_ratio=None, min_side=300, min_ratio=0.4, max_ratio=2.5)


def test_long_image_keeps_its_minimum_side() -> None:
    image = opened(
        images.crop(
            saved(Image.new("L", (9000, 400)), "JPEG", exif=b"Exif\0\0" + exif(6)), aspect_ratio=None, min_side=300
        )
    )

    assert image.size == (300, 6750)


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_size_is_read_without_the_pixels(format: str) -> None:
    content = saved(Image.effect_noise((640, 480), 50), format)

    assert images.size(content[: len(content) // 2] if format != "WEBP" else content) == (640, 480)
