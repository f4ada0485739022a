"""Draw the sample avatar, a young photographer named Sophia: `python local/samples/draw_avatar.py`."""

import math
import random
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageFilter

Point = tuple[float, float]
Box = tuple[float, float, float, float]

_SIDE, _SCALE = 1024, 2  # drawn twice as large, and then halved for smooth edges
_SKIN, _SHADE, _BLUSH = (243, 197, 165), (214, 145, 112), (232, 122, 104)
_HAIR, _HAIR_LIGHT, _HAIR_DARK = (104, 54, 36), (166, 95, 58), (66, 32, 24)
_IRIS, _INK, _LIPS = (86, 122, 88), (52, 28, 24), (199, 74, 76)
_SHIRT, _SHIRT_DARK, _STRAP = (40, 92, 104), (27, 66, 78), (74, 44, 32)


class Canvas:
    """Shapes in units of the finished picture; `soft` blurs a shape's edge, `inside` keeps it within another shape."""

    def __init__(self) -> None:
        self.image = _backdrop()

    def oval(
        self, box: Box, color: tuple[int, ...], *, soft: float = 0, inside: Image.Image | None = None
    ) -> Image.Image:
        mask = _mask()
        ImageDraw.Draw(mask).ellipse([value * _SCALE for value in box], fill=255)
        return self._paint(mask, color, soft=soft, inside=inside)

    def blob(
        self, points: Sequence[Point], color: tuple[int, ...], *, soft: float = 0, inside: Image.Image | None = None
    ) -> Image.Image:
        """A closed shape with a smooth outline through the points."""
        mask = _mask()
        ImageDraw.Draw(mask).polygon([(x * _SCALE, y * _SCALE) for x, y in _smooth(points, closed=True)], fill=255)
        return self._paint(mask, color, soft=soft, inside=inside)

    def line(
        self,
        points: Sequence[Point],
        color: tuple[int, ...],
        *,
        width: float,
        soft: float = 0,
        inside: Image.Image | None = None,
    ) -> Image.Image:
        mask = _mask()
        pen, radius = ImageDraw.Draw(mask), width * _SCALE / 2
        for x, y in _smooth(points, closed=False):
            pen.ellipse((x * _SCALE - radius, y * _SCALE - radius, x * _SCALE + radius, y * _SCALE + radius), fill=255)
        return self._paint(mask, color, soft=soft, inside=inside)

    def _paint(
        self, mask: Image.Image, color: tuple[int, ...], *, soft: float, inside: Image.Image | None
    ) -> Image.Image:
        if soft:
            mask = mask.filter(ImageFilter.GaussianBlur(soft * _SCALE))
        if inside:
            mask = ImageChops.multiply(mask, inside)
        opacity = color[3] if len(color) == 4 else 255
        self.image.paste(color[:3], mask=mask.point(lambda level: level * opacity // 255))
        return mask


def sophia() -> Image.Image:
    canvas = Canvas()
    _back_hair(canvas)
    _body(canvas)
    face = _face(canvas)
    for side in (-1, 1):
        _eye(canvas, side)
    _nose_and_smile(canvas)
    _front_hair(canvas, face)
    _camera(canvas)
    return canvas.image.resize((_SIDE, _SIDE), Image.Resampling.LANCZOS)


def _backdrop() -> Image.Image:
    """A warm studio: light from the upper left, and lamps out of focus."""
    corners = Image.new("RGB", (2, 2))
    corners.putdata([(255, 226, 178), (247, 187, 139), (226, 146, 114), (150, 84, 92)])
    image = corners.resize((_SIDE * _SCALE,) * 2, Image.Resampling.BICUBIC)
    chance = random.Random(7)  # noqa: S311  # the same lamps each time
    for _ in range(26):
        x, y, radius = chance.uniform(0, 1024), chance.uniform(0, 640), chance.uniform(18, 74)
        mask = _mask()
        box = [value * _SCALE for value in (x - radius, y - radius, x + radius, y + radius)]
        ImageDraw.Draw(mask).ellipse(box, fill=chance.randint(36, 110))
        color = chance.choice([(255, 244, 214), (255, 214, 150), (255, 190, 160)])
        image.paste(color, mask=mask.filter(ImageFilter.GaussianBlur(chance.uniform(2, 7) * _SCALE)))
    return image


def _back_hair(canvas: Canvas) -> None:
    left = _points("512,128 390,140 300,230 272,360 286,470 244,580 262,690 224,790 300,860")
    hair = canvas.blob([*left, (420, 800), (604, 800), *[_mirrored(point) for point in reversed(left[1:])]], _HAIR_DARK)
    for shift in range(0, 96, 24):
        for side in (-1, 1):
            strand = [(x + shift, y) for x, y in _points("286,300 296,450 262,580 286,700 250,810")]
            points = strand if side < 0 else [_mirrored(point) for point in strand]
            canvas.line(points, (*_HAIR, 200), width=16, soft=5, inside=hair)


def _body(canvas: Canvas) -> None:
    shirt = canvas.blob(
        _points("512,800 420,800 300,846 206,910 150,1060 512,1120 874,1060 818,910 724,846 604,800"),
        _SHIRT,
    )
    canvas.oval((560, 840, 900, 1160), (*_SHIRT_DARK, 170), soft=50, inside=shirt)
    neck = canvas.blob(_points("446,640 440,760 404,820 512,900 620,820 584,760 578,640"), _SKIN)
    canvas.oval((410, 600, 614, 772), (*_SHADE, 220), soft=16, inside=neck)
    for side in (-1, 1):
        collar = _points("400,796 380,846 470,960 516,900 440,850")
        canvas.blob(collar if side < 0 else [_mirrored(point) for point in collar], (58, 118, 130))
        strap = [(356, 824), (372, 900), (420, 1000)]
        canvas.line(strap if side < 0 else [_mirrored(point) for point in strap], _STRAP, width=26)


def _face(canvas: Canvas) -> Image.Image:
    for side in (-1, 1):
        x = 512 + side * 176
        canvas.oval((x - 26, 440, x + 26, 530), _SHADE)
    outline = _points("512,232 400,260 342,370 344,490 386,610 456,690 512,708")
    face = canvas.blob([*outline, *[_mirrored(point) for point in reversed(outline[1:-1])]], _SKIN)
    canvas.oval((600, 330, 800, 720), (*_SHADE, 120), soft=46, inside=face)
    canvas.oval((330, 300, 560, 560), (255, 226, 198, 150), soft=60, inside=face)
    for side in (-1, 1):
        x = 512 + side * 104
        canvas.oval((x - 48, 532, x + 48, 594), (*_BLUSH, 120), soft=20, inside=face)
    return face


def _eye(canvas: Canvas, side: int) -> None:
    x, y = 512 + side * 80, 470
    lids = [(x - 44, y + 8), (x - 20, y - 19), (x + 20, y - 19), (x + 44, y + 8), (x + 18, y + 25), (x - 18, y + 25)]
    white = canvas.blob(lids, (255, 250, 245))
    canvas.oval((x - 29, y - 28, x + 29, y + 30), _IRIS, inside=white)
    canvas.oval((x - 25, y + 2, x + 25, y + 32), (160, 186, 124, 170), soft=5, inside=white)
    canvas.oval((x - 16, y - 14, x + 16, y + 18), _INK, inside=white)
    canvas.oval((x - 50, y - 44, x + 50, y - 8), (*_INK, 90), soft=4, inside=white)
    canvas.oval((x - 18, y - 14, x - 4, y), (255, 255, 255))
    canvas.oval((x + 8, y + 10, x + 15, y + 17), (255, 255, 255, 200))
    canvas.line(
        [(x - side * 44, y + 8), (x - side * 20, y - 19), (x + side * 20, y - 20), (x + side * 50, y)], _INK, width=8
    )
    canvas.line([(x + side * 40, y - 8), (x + side * 52, y - 8), (x + side * 60, y - 17)], _INK, width=5)
    canvas.line([(x - side * 30, y - 36), (x, y - 42), (x + side * 36, y - 32)], (*_SHADE, 170), width=4, soft=1)
    canvas.line(
        [(x - side * 42, y - 60), (x + side * 4, y - 74), (x + side * 54, y - 56)], _HAIR_DARK, width=10, soft=1
    )


def _nose_and_smile(canvas: Canvas) -> None:
    canvas.line([(520, 480), (527, 530), (522, 552)], (*_SHADE, 110), width=10, soft=5)
    canvas.line([(496, 558), (512, 566), (529, 558)], (*_SHADE, 255), width=6, soft=1)
    mouth = canvas.blob(_points("452,608 482,616 512,618 542,616 572,608 548,636 512,646 476,636"), _LIPS)
    canvas.blob(_points("464,614 512,620 560,614 544,627 512,632 480,627"), (255, 250, 246), inside=mouth)
    canvas.line(_points("450,606 482,609 502,605 512,609 522,605 542,609 574,606"), _LIPS, width=8)
    canvas.line([(474, 640), (512, 653), (550, 640)], (224, 116, 112), width=7, soft=2)
    canvas.line([(488, 674), (512, 678), (536, 674)], (*_SHADE, 120), width=6, soft=3)
    for side in (-1, 1):
        canvas.line(
            [(512 + side * 64, 598), (512 + side * 72, 604), (512 + side * 71, 612)], (*_SHADE, 230), width=4, soft=1
        )


def _front_hair(canvas: Canvas, face: Image.Image) -> None:
    canvas.blob(
        _points("330,300 420,250 560,246 700,330 700,400 600,320 430,330 340,430"),
        (*_SHADE, 150),
        soft=18,
        inside=face,
    )
    left = _points("566,200 470,128 350,180 286,300 288,430 318,560 296,680 330,770 356,660 340,560 352,430 420,330")
    right = _points("540,190 620,140 710,210 744,330 736,450 704,570 730,690 690,780 668,670 686,560 676,420 628,310")
    for lock in (right, left):
        hair = canvas.blob(lock, _HAIR)
        middle = [((a[0] + b[0]) / 2, (a[1] + b[1]) / 2) for a, b in zip(lock[1:6], reversed(lock[7:]), strict=True)]
        canvas.line(middle, (*_HAIR_LIGHT, 150), width=20, soft=10, inside=hair)
        canvas.line([lock[1], *lock[2:7]], (*_HAIR_DARK, 160), width=14, soft=6, inside=hair)
    crown = canvas.blob(_points("570,214 590,146 480,118 360,166 300,270 330,330 440,270"), _HAIR)
    canvas.line([(330, 280), (396, 200), (490, 160)], (*_HAIR_LIGHT, 170), width=26, soft=14, inside=crown)


def _camera(canvas: Canvas) -> None:
    canvas.blob(
        _points("372,926 460,916 564,916 652,926 668,1000 664,1090 512,1100 360,1090 356,1000"),
        (48, 44, 48),
    )
    canvas.blob([(452, 930), (470, 884), (554, 884), (572, 930)], (38, 35, 39))
    canvas.line([(366, 966), (512, 956), (658, 966)], (176, 122, 84), width=10)
    rings = {92: (26, 24, 28), 80: (92, 90, 98), 70: (22, 24, 34), 48: (38, 62, 96), 28: (14, 18, 32)}
    for radius, color in rings.items():
        canvas.oval((512 - radius, 1010 - radius, 512 + radius, 1010 + radius), color)
    canvas.oval((470, 964, 508, 994), (188, 214, 244, 200), soft=4)
    canvas.oval((612, 938, 636, 954), (236, 120, 92))


def _mask() -> Image.Image:
    return Image.new("L", (_SIDE * _SCALE,) * 2)


def _points(text: str) -> list[Point]:
    return [(float(x), float(y)) for x, y in (pair.split(",") for pair in text.split())]


def _mirrored(point: Point) -> Point:
    return 1024 - point[0], point[1]


def _smooth(points: Sequence[Point], *, closed: bool) -> list[Point]:
    """Points close to each other on a Catmull–Rom curve through the given ones."""
    around = [points[-1], *points, *points[:2]] if closed else [points[0], *points, points[-1]]
    curve: list[Point] = []
    for before, start, end, after in zip(around, around[1:], around[2:], around[3:], strict=False):
        steps = math.ceil(math.dist(start, end))
        for step in range(steps):
            t = step / steps
            x, y = (
                0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
                for a, b, c, d in zip(before, start, end, after, strict=True)
            )
            curve.append((x, y))
    return curve


if __name__ == "__main__":
    sophia().save(Path(__file__).with_name("avatar-sophia.jpg"), quality=90, optimize=True)
