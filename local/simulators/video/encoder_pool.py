"""Encode each scene once, in background threads, however many tasks request it."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Event, Lock
from weakref import WeakValueDictionary

from PIL import Image

from local.simulators.video.encode import CameraMove, encode_mp4
from local.simulators.video.extras import with_mark


@dataclass(frozen=True, kw_only=True)
class Scene:
    """The content of a video. `picture` identifies the image that `draw` returns: the same name is the same image."""

    picture: str
    move: CameraMove
    width: int
    height: int
    seconds: float
    has_sound: bool = False
    watermark: str = ""
    draw: Callable[[], Image.Image] = field(compare=False, repr=False)


class EncoderPool:
    """`encoded` counts the encoded videos, so that a test can check that equal scenes share one."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._closing = Event()
        self._executor = ThreadPoolExecutor(max_workers=2, thread_name_prefix="encoder")
        # Weak references, so that a video is freed with the last task that serves it.
        self._videos: WeakValueDictionary[tuple[object, ...], Future[bytes]] = WeakValueDictionary()
        self.encoded = 0

    def encode(self, scene: Scene) -> Future[bytes]:
        """Return the future MP4 of the scene."""
        # Without `draw`, which holds the image.
        key = (scene.picture, scene.move, scene.width, scene.height, scene.seconds, scene.has_sound, scene.watermark)
        with self._lock:
            future = self._videos.get(key)
            if future is None:
                self._videos[key] = future = self._executor.submit(self._encode, scene)
                self.encoded += 1
            return future

    def close(self) -> None:
        """Stop at once: running encodes are canceled, and their futures raise CancelledError."""
        self._closing.set()
        self._executor.shutdown(cancel_futures=True)

    def _encode(self, scene: Scene) -> bytes:
        picture = scene.draw()
        return encode_mp4(
            with_mark(picture, scene.watermark) if scene.watermark else picture,
            move=scene.move,
            width=scene.width,
            height=scene.height,
            seconds=scene.seconds,
            has_sound=scene.has_sound,
            is_canceled=self._closing.is_set,
        )
