"""What all tests share: Ctrl-C, which some of them test, works even if a shell starts them in the background.

And imports cost once.
"""

import gc
import signal

signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_finish() -> None:
    """Spare the garbage collector what was imported: it would walk all of it anew in each of the thousands of tests."""
    gc.collect()
    gc.freeze()
