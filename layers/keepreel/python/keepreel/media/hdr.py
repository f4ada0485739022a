"""HDR pictures: convert PQ and HLG signals with BT.2020 primaries to sRGB, with reference white as white.

Sources: ITU-R BT.2100-2 (both curves), BT.2408-7 (reference white), BT.2087-0 (primaries), IEC 61966-2-1 (sRGB).
"""

from collections.abc import Callable, Sequence
from math import exp

from PIL import Image, ImageFilter

_NODES = 33  # of the lookup table, per color; values between them are interpolated
_REFERENCE_WHITE_NITS = 203
_PEAK_NITS = 1000  # of the display; brighter light in PQ is cut off
_GAMMA = 2.4
_KNEE = 0.8  # of white: brighter light is compressed, so that highlights keep some detail
_LUMINANCE = (0.2627, 0.6780, 0.0593)
_BT2020_TO_BT709 = ((1.6605, -0.5876, -0.0728), (-0.1246, 1.1329, -0.0083), (-0.0182, -0.1006, 1.1187))

_Color = Sequence[float]


def pq_to_srgb(image: Image.Image) -> Image.Image:
    """Convert an RGB image of PQ signals."""
    return _converted(image, to_light=_pq_light, to_nits=lambda light: [it * _PEAK_NITS for it in light])


def hlg_to_srgb(image: Image.Image) -> Image.Image:
    """Convert an RGB image of HLG signals, as a display with a peak of 1,000 nits shows it."""
    return _converted(image, to_light=_hlg_light, to_nits=_hlg_nits)


def _converted(
    image: Image.Image, *, to_light: Callable[[float], float], to_nits: Callable[[_Color], _Color]
) -> Image.Image:
    """Convert each color to light with a gamma like sRGB's, because only then can a table be interpolated."""

    def to_srgb(red: float, green: float, blue: float) -> tuple[float, float, float]:
        nits = to_nits([it**_GAMMA for it in (red, green, blue)])
        light = [max(0.0, _dot(row, nits) / _REFERENCE_WHITE_NITS) for row in _BT2020_TO_BT709]
        red, green, blue = _compressed(light)
        return _srgb_signal(red), _srgb_signal(green), _srgb_signal(blue)

    levels = [round(255 * to_light(it / 255) ** (1 / _GAMMA)) for it in range(256)]
    return image.point(levels * 3).filter(ImageFilter.Color3DLUT.generate(_NODES, to_srgb))


def _pq_light(signal: float) -> float:
    """Return the light as a fraction of the peak."""
    power = signal ** (1 / 78.84375)
    root = max(power - 0.8359375, 0.0) / (18.8515625 - 18.6875 * power)
    return min(1.0, 10_000 / _PEAK_NITS * float(root ** (1 / 0.1593017578125)))


def _hlg_light(signal: float) -> float:
    """Return the light in the scene, 0 to 1."""
    if signal <= 0.5:
        return signal * signal / 3
    return (exp((signal - 0.55991073) / 0.17883277) + 0.28466892) / 12


def _hlg_nits(scene: _Color) -> _Color:
    brightness = float(_dot(_LUMINANCE, scene) ** 0.2)
    return [_PEAK_NITS * brightness * it for it in scene]


def _compressed(color: _Color) -> _Color:
    """Compress a color that is brighter than the knee to at most 1, without a change of its hue."""
    brightest = max(color)
    if brightest <= _KNEE:
        return color
    room = 1 - _KNEE
    target = _KNEE + room * (1 - exp((_KNEE - brightest) / room))
    return [it * target / brightest for it in color]


def _srgb_signal(light: float) -> float:
    return 12.92 * light if light <= 0.0031308 else 1.055 * float(light ** (1 / 2.4)) - 0.055


def _dot(left: _Color, right: _Color) -> float:
    return sum(one * other for one, other in zip(left, right, strict=True))
