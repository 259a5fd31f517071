"""Put a file in the place of another in one step, so that nobody ever finds half of it."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from auditor.cli.exits import Stop
from auditor.report.clean import clean


def replace_file(place: Path, data: bytes, shown: Path) -> None:
    """Write a file with the mode of the one that was there, or with the usual one.

    Args:
        place: where it goes; a link of that name is replaced as well.
        data: its content.
        shown: what a message calls it.

    Raises:
        Stop: it cannot be written; what was there is as it was.

    """
    try:
        mode = place.stat().st_mode & 0o7777 if place.exists() else _usual_mode()
        with tempfile.NamedTemporaryFile("wb", prefix=f".{place.name}.", dir=place.parent, delete=False) as out:
            made = Path(out.name)
            try:
                out.write(data)
                out.flush()
                made.chmod(mode)
                made.replace(place)
            except OSError:
                made.unlink()
                raise
    except OSError as error:
        message = f"cannot write {clean(str(shown))}: {error.strerror}"
        raise Stop(message) from None


def _usual_mode() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return 0o666 & ~mask
