"""Films each scene once, in the background, however many tasks ask for it."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Event, Lock
from weakref import WeakValueDictionary

from PIL import Image

from local.simulators.video import encode as footage


@dataclass(frozen=True, kw_only=True)
class Scene:
    """What a video shows. `picture` names the image that `draw` gives: the same name is the same image."""

    picture: str
    move: footage.Move
    width: int
    height: int
    seconds: int
    draw: Callable[[], Image.Image] = field(compare=False, repr=False)


class Studio:
    """`filmed` counts the films that were made, so that a test can see that equal scenes share one."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._closing = Event()
        self._crew = ThreadPoolExecutor(max_workers=2, thread_name_prefix="studio")
        # Weak, so that a film lives exactly as long as some task can still be asked for it.
        self._films: WeakValueDictionary[tuple[object, ...], Future[bytes]] = WeakValueDictionary()
        self.filmed = 0

    def film(self, scene: Scene) -> Future[bytes]:
        """The scene's MP4, which may still be in the making."""
        # Without `draw`, which holds the image.
        key = (scene.picture, scene.move, scene.width, scene.height, scene.seconds)
        with self._lock:
            future = self._films.get(key)
            if future is None:
                self._films[key] = future = self._crew.submit(self._shoot, scene)
                self.filmed += 1
            return future

    def close(self) -> None:
        """Ends at once: films in the making are given up, and who waits for one gets CancelledError."""
        self._closing.set()
        self._crew.shutdown(cancel_futures=True)

    def _shoot(self, scene: Scene) -> bytes:
        return footage.film(
            scene.draw(),
            move=scene.move,
            width=scene.width,
            height=scene.height,
            seconds=scene.seconds,
            is_canceled=self._closing.is_set,
        )
