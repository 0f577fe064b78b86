"""Packs each bootstrap as Lambda takes it: the same bytes for the same file, so that what did not change is not deployed again.

    python infra/build/pack.py target/lambda/*-bootstrap
"""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

# The earliest that a zip can say.
DATE = (1980, 1, 1, 0, 0, 0)
EXECUTABLE = 0o100755


def pack(folder: Path) -> None:
    """Writes bootstrap.zip beside the bootstrap."""
    entry = zipfile.ZipInfo("bootstrap", DATE)
    entry.external_attr = EXECUTABLE << 16
    entry.compress_type = zipfile.ZIP_DEFLATED
    # Beside, and then in its place: what was cut short is not taken for a whole one.
    unfinished = folder / "bootstrap.zip.part"
    with zipfile.ZipFile(unfinished, "w") as packed:
        packed.writestr(entry, (folder / "bootstrap").read_bytes())
    unfinished.replace(folder / "bootstrap.zip")


if __name__ == "__main__":
    for name in sys.argv[1:]:
        pack(Path(name))
