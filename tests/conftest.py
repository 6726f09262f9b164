"""What all tests share: a shell that starts them in the background must not make them deaf to Ctrl-C, which some of them test."""

import signal

signal.signal(signal.SIGINT, signal.default_int_handler)
