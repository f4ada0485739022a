"""Sign and read `source.mp4` in a folder, and print what that cost, as JSON: CPU seconds, memory, added bytes."""

import json
import re
import resource
import sys
import time
from pathlib import Path

from keepreel.media import content_credentials
from keepreel.media.content_credentials import Generation, Signer
from local.aws import test_certificate


def main(folder: Path) -> None:
    import c2pa  # noqa: F401  # the library's own size does not count

    certificate = test_certificate.create()
    signer = Signer(chain=certificate["certificate"], private_key=certificate["private_key"])
    generation = Generation(title="", provider="", model="", prompt_hmac="", generated_at="2026-11-28T09:00:00+00:00")
    before, started = _peak_mb(), time.process_time()
    content_credentials.sign(folder / "source.mp4", folder / "signed.mp4", generation=generation, signer=signer)
    signing_seconds = time.process_time() - started
    state = content_credentials.read(folder / "signed.mp4", anchors=certificate["certificate"]).state
    seconds = time.process_time() - started
    sys.stdout.write(
        json.dumps(
            {
                "state": state,
                "grew_mb": _peak_mb() - before,
                "sign_cpu_seconds": round(signing_seconds, 2),
                "read_cpu_seconds": round(seconds - signing_seconds, 2),
                "added_bytes": (folder / "signed.mp4").stat().st_size - (folder / "source.mp4").stat().st_size,
            }
        )
    )


def _peak_mb() -> int:
    """Return the peak of this process's memory. On Linux, `ru_maxrss` also counts the parent's memory at the start."""
    status = Path("/proc/self/status")
    if status.exists():
        (peak,) = re.findall(r"VmHWM:\s+(\d+) kB", status.read_text(encoding="utf-8"))
        return int(peak) // 1000
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak // 1_000_000 if sys.platform == "darwin" else peak // 1000


if __name__ == "__main__":
    main(Path(sys.argv[1]))
