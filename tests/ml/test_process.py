import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

from tests.processes import ROOT

PAGES_OF_A_PICTURE = """
import resource
import cv2
import numpy as np
{tune}
def pages():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    np.ones(16 * 1024 * 1024, np.uint8)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
first, again = pages(), pages()
print(cv2.getNumThreads(), again)
"""
TUNE = "from ml.process import tune_process; tune_process()"


def measure(tune: str) -> tuple[int, int]:
    """OpenCV's threads, and the pages that the system hands out anew for the second picture of 16 MB."""
    command = [sys.executable, "-c", PAGES_OF_A_PICTURE.format(tune=tune)]
    threads, pages = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    return int(threads), int(pages)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries keep memory as they please")
def test_memory_is_kept_for_the_next_picture_and_one_thread_reads() -> None:
    threads, pages = measure(TUNE)

    assert threads == 1
    assert pages < measure("")[1] / 10


POOL = """
import os, time
from ml.process import start_helpers
if __name__ == "__main__":
    with start_helpers(dict) as pool:
        pool.submit(os.getpid).result()
        print("ready", flush=True)
        time.sleep(600)
"""


def test_process_of_a_pool_ends_with_the_one_that_it_works_for(tmp_path: Path) -> None:
    script = tmp_path / "pool.py"
    script.write_text(POOL)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True, env=environment) as maker:
        assert maker.stdout is not None
        assert maker.stdout.readline() == "ready\n"
        maker.kill()

        # The end of the pipe comes only when the pool's process, which holds it, too, has ended.
        assert maker.stdout.read() == ""
