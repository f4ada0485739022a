"""Sign and read `source.mp4` in a folder, and print the CPU seconds and the memory that this took, as JSON."""

import json
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
                "sign_and_read_cpu_seconds": round(seconds, 2),
            }
        )
    )


def _peak_mb() -> int:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak // 1_000_000 if sys.platform == "darwin" else peak // 1000


if __name__ == "__main__":
    main(Path(sys.argv[1]))
