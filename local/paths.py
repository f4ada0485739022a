"""Where the project and its samples are on disk."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = ROOT / "local/samples"
