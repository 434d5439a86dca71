"""Boxes around digits go; what is no box, holds nothing or hangs together with a digit stays."""

import cv2
import numpy as np
from numpy.typing import NDArray

from ml.frames import remove_frames

Map = NDArray[np.float32]


def _seven(ink: Map, left: int, top: int) -> Map:
    corners = np.array([[left, top], [left + 40, top], [left + 20, top + 60]], np.int32)
    return np.asarray(cv2.polylines(ink, [corners], False, 1.0, 6), np.float32)


def _paper() -> Map:
    return np.zeros((160, 240), np.float32)


def test_nothing_is_taken_from_blank_paper_or_a_digit() -> None:
    digit = _seven(_paper(), 60, 50)

    np.testing.assert_array_equal(remove_frames(_paper(), _paper()), _paper())
    np.testing.assert_array_equal(remove_frames(digit, digit), digit)


def test_boxes_side_by_side_are_taken_out() -> None:
    digits = _seven(_seven(_paper(), 45, 50), 145, 50)
    boxed = digits.copy()
    for left in (20, 120):
        cv2.rectangle(boxed, (left, 20), (left + 100, 140), 1.0, 4)

    np.testing.assert_array_equal(remove_frames(boxed, boxed), digits)


def test_box_that_only_the_lost_light_shows_whole_is_taken_out() -> None:
    digit = _seven(_paper(), 60, 50)
    boxed = np.asarray(cv2.rectangle(digit.copy(), (30, 20), (140, 140), 1.0, 4), np.float32)
    seen = boxed.copy()
    seen[60:100, 20:50] = 0

    np.testing.assert_array_equal(remove_frames(seen, boxed), digit)


def test_empty_box_and_ring_around_a_dot_and_a_box_that_a_digit_hangs_on_stay() -> None:
    empty = np.asarray(cv2.rectangle(_paper(), (30, 20), (140, 140), 1.0, 4), np.float32)
    ring = np.asarray(cv2.ellipse(_paper(), (80, 80), (35, 55), 0, 0, 360, 1.0, 6), np.float32)
    cv2.circle(ring, (80, 80), 14, 1.0, cv2.FILLED)
    hanging = _seven(_seven(empty.copy(), 60, 22), 60, 70)

    for ink in (empty, ring, hanging):
        np.testing.assert_array_equal(remove_frames(ink, ink), ink)
