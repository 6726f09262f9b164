"""What commands say besides where a machine is slow: lines of progress, once work takes more than ten seconds."""

import re

PROGRESS = re.compile(r"^[^\n]*: [\d,]+ of [\d,]+ done in [^\n]*\n", flags=re.MULTILINE)


def without_progress(errors: str) -> str:
    """Return what stands on the stream of errors, but for lines of progress."""
    return PROGRESS.sub("", errors)
