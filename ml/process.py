"""How a process that reads or makes many pictures uses the machine."""

import ctypes
import multiprocessing
import os
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.process import BaseProcess
from typing import Any

import cv2

HELPERS = 2
KEPT_BYTES = 64 * 1024 * 1024
LARGEST_KEPT_BLOCK = 32 * 1024 * 1024

# From glibc's malloc.h.
_M_TRIM_THRESHOLD = -1
_M_MMAP_THRESHOLD = -3


def tune_process() -> None:
    """From now on this process reads in the caller's thread alone, and keeps the memory of one picture for the next.

    One thread is best where several of its kind share the cores. Memory: glibc hands a picture's buffers back to the
    system each time, and to get them again, page by page, takes a quarter of the time of preparing a picture. Up to
    KEPT_BYTES are kept, blocks of up to LARGEST_KEPT_BLOCK among them. Other C libraries stay as they are.
    """
    cv2.setNumThreads(1)
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_TRIM_THRESHOLD, KEPT_BYTES)
        mallopt(_M_MMAP_THRESHOLD, LARGEST_KEPT_BLOCK)


def start_helpers(remember: Callable[..., None], *about: Any) -> ProcessPoolExecutor:
    """HELPERS processes that make pictures, in one thread each; each calls `remember` with `about` first.

    They end when the process that they work for does, however that ended. Others of a pool, where theirs was killed,
    wait for work for good, each with all that it remembers.
    """
    spawn = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(HELPERS, spawn, initializer=_begin, initargs=(remember, about))


def _begin(remember: Callable[..., None], about: tuple[Any, ...]) -> None:
    cv2.setNumThreads(1)
    if (parent := multiprocessing.parent_process()) is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    remember(*about)


def _end_with(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)
