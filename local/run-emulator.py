"""Serves ministack, and ends it together with all its functions once the process that started it is gone.

The starter holds the other end of stdin: it closes when the starter ends, however it ends.
"""

import os
import shutil
import signal
import sys
import threading

from hypercorn.__main__ import main


def end_with_starter() -> None:
    sys.stdin.buffer.read()
    shutil.rmtree(os.environ["TMPDIR"], ignore_errors=True)
    os.killpg(os.getpgrp(), signal.SIGKILL)


threading.Thread(target=end_with_starter, daemon=True).start()
sys.exit(main(sys.argv[1:]))
