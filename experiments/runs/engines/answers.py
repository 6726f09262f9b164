"""Whether anybody answers at the address of a cluster, before a library waits for that at length."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

from sim.parameters import BadInput, Unusable

FIELD = "engine.address"


def check_answers(address: str, port: int, wait_s: float, enciphered: bool) -> None:
    """Make sure that something answers at an address: Ray and dask both speak first, to whoever calls.

    Parameters
    ----------
    address : str
        `host`, `host:port`, or either with a scheme, such as `tcp://host:8786`.
    port : int
        Where it names none.
    wait_s : float
        How long that may take.
    enciphered : bool
        Whether the line is (TLS), where it is the caller who speaks first.

    Raises
    ------
    BadInput
        When it is no address, or nothing answers in time.
    """
    try:
        parts = urlsplit(address if "://" in address else f"//{address}")
        host, at = parts.hostname, parts.port or port
    except ValueError:
        host = None
    if not host:
        raise BadInput(FIELD, address, "host:port")
    try:
        with socket.create_connection((host, at), timeout=wait_s) as line:
            if not enciphered and not line.recv(1):
                raise OSError("it hangs up")
    except OSError as error:
        raise unanswered(address, wait_s, error) from None


def unanswered(address: str, wait_s: float, error: BaseException) -> Unusable:
    """Return the error for an address at which nothing of use answers."""
    said = (str(getattr(error, "strerror", None) or error).splitlines() or [type(error).__name__])[0]
    return Unusable(FIELD, address, f"nobody answers at {{}} within {wait_s:g} s ({said}); is the cluster running?")
