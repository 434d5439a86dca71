"""Draws pen strokes as the page's canvas does, and photographs them: training pictures of any pen, paper and light.

Every picture here is grey, uint8 (H, W). Ink maps are float32 (H, W) in [0, 1], 1 = ink.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ml.hands import Strokes, bend_strokes

Grey = NDArray[np.uint8]
Map = NDArray[np.float32]

_FIXED_POINT_BITS = 4
_SUPERSAMPLING = 2


def draw_strokes(strokes: Strokes, shape: tuple[int, int], pen: float) -> Map:
    """Ink of strokes given in pixels of a picture of `shape` (H, W), with a round pen `pen` pixels wide."""
    canvas = np.zeros((shape[0] * _SUPERSAMPLING, shape[1] * _SUPERSAMPLING), np.uint8)
    thickness = max(1, round(pen * _SUPERSAMPLING))
    for stroke in strokes:
        points = np.repeat(stroke, 2, axis=0) if len(stroke) == 1 else stroke
        fixed = np.rint(points * (_SUPERSAMPLING << _FIXED_POINT_BITS)).astype(np.int32)
        cv2.polylines(canvas, [fixed], False, 255, thickness, cv2.LINE_AA, _FIXED_POINT_BITS)
    small = cv2.resize(canvas, (shape[1], shape[0]), interpolation=cv2.INTER_AREA)
    return small.astype(np.float32) / np.float32(255)


def place(strokes: Strokes, box: tuple[float, float, float, float]) -> list[NDArray[np.float32]]:
    """Strokes scaled to fit into `box` (x, y, width, height) in pixels, centred in it, proportions kept."""
    points = np.concatenate(list(strokes))
    low, high = points.min(axis=0), points.max(axis=0)
    x, y, width, height = box
    factor = min(width / max(high[0] - low[0], 1.0), height / max(high[1] - low[1], 1.0))
    centre = np.array([x + width / 2, y + height / 2], np.float32)
    return [np.asarray((stroke - (low + high) / 2) * factor + centre, np.float32) for stroke in strokes]


@dataclass(frozen=True, slots=True)
class Written:
    """Strokes of one character on a line; shares of a digit's height say where.

    `height`: its own; it is twice as wide at most. `middle`: of its box, 0 = the digit's top, 1 = its foot.
    """

    strokes: Strokes
    height: float = 1.0
    middle: float = 0.5


def write_line(characters: Sequence[Written], rng: np.random.Generator) -> list[Map]:
    """The ink of each character on a line of any size, by one pen and bent as `ml.hands` does; some touch."""
    height = rng.uniform(40, 120)
    pen, gap = height * rng.uniform(0.04, 0.14), height * rng.uniform(-0.1, 0.3)
    placed, right = [], 0.3 * height
    for character in characters:
        line = height * rng.uniform(0.8, 1.1)
        own = line * character.height
        top = 0.3 * height + line * character.middle - own / 2
        strokes = place(bend_strokes(character.strokes, rng), (0, top, 2 * own, own))
        left = min(stroke[:, 0].min() for stroke in strokes)
        drop = rng.normal(0, 0.04) * height
        moved = [np.asarray(stroke + np.array([right - left, drop]), np.float32) for stroke in strokes]
        placed.append(moved)
        right = max(stroke[:, 0].max() for stroke in moved) + pen + gap + rng.normal(0, 0.06) * height
    shape = (round(1.75 * height), round(right - gap + 0.4 * height))
    return [draw_strokes(strokes, shape, pen) for strokes in placed]


@dataclass(frozen=True, slots=True)
class Scene:
    """How a picture was taken; every value is drawn at random by `random_scene`.

    `paper`, `ink`: grey values 0-255. `slope`: light falling off, as a share across the picture.
    `shadow`: how much darker a cast shadow is. `lines`: contrast of ruled or grid lines, 0 = plain paper.
    `grain`: unevenness of the ink, as of pencil. `blur`, `noise`: in pixels and grey values. `quality`: of JPEG.
    """

    paper: float
    ink: float
    slope: float
    shadow: float
    lines: float
    grain: float
    blur: float
    noise: float
    quality: int


CANVAS = Scene(paper=255, ink=0, slope=0, shadow=0, lines=0, grain=0, blur=0, noise=0, quality=100)


def random_scene(rng: np.random.Generator) -> Scene:
    """A photograph: half of them on lined paper, a third with a shadow, a third in faint pencil."""
    paper = rng.uniform(110, 250)
    contrast = rng.uniform(0.12, 0.4) if rng.random() < 0.35 else rng.uniform(0.4, 0.95)
    return Scene(
        paper=paper,
        ink=paper * (1 - contrast),
        slope=rng.uniform(0, 0.5),
        shadow=rng.uniform(0.15, 0.5) if rng.random() < 0.35 else 0.0,
        lines=rng.uniform(0.05, 0.6) * contrast if rng.random() < 0.5 else 0.0,
        grain=rng.uniform(0, 0.5) if rng.random() < 0.4 else 0.0,
        blur=rng.uniform(0.3, 1.8),
        noise=rng.uniform(0.5, 7),
        quality=int(rng.integers(35, 95)),
    )


def random_scan(rng: np.random.Generator) -> Scene:
    """A flatbed scan: light paper, even light, no lines, little noise."""
    paper = rng.uniform(205, 253)
    return Scene(
        paper=paper,
        ink=paper * (1 - rng.uniform(0.35, 0.95)),
        slope=0.0,
        shadow=0.0,
        lines=0.0,
        grain=rng.uniform(0, 0.4) if rng.random() < 0.5 else 0.0,
        blur=rng.uniform(0.1, 0.6),
        noise=rng.uniform(0.5, 5),
        quality=int(rng.integers(60, 98)),
    )


def photograph(ink: Map, scene: Scene, rng: np.random.Generator) -> Grey:
    """The picture of `ink` under the light, on the paper and through the camera of `scene`."""
    shape = (ink.shape[0], ink.shape[1])
    if scene.grain:
        ink = ink * (1 - scene.grain * smooth_noise(shape, 1.0, rng))
    reflectance = scene.paper * (1 - scene.lines * _paper_lines(shape, rng)) if scene.lines else scene.paper
    surface = reflectance + (scene.ink - reflectance) * ink
    lit = surface * light(shape, scene.slope, scene.shadow, rng)
    if scene.blur:
        lit = np.asarray(cv2.GaussianBlur(lit, (0, 0), scene.blur * max(shape) / 200 + 0.05), np.float32)
    if scene.noise:
        lit = lit + rng.normal(0, scene.noise, shape)
    picture = np.asarray(np.clip(lit, 0, 255), np.uint8)
    return picture if scene.quality == 100 else through_jpeg(picture, scene.quality)


def through_jpeg(picture: Grey, quality: int) -> Grey:
    """What a JPEG of this quality, 0 to 100, leaves of a picture."""
    encoded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return np.asarray(cv2.imdecode(encoded, cv2.IMREAD_GRAYSCALE), np.uint8)


def light(shape: tuple[int, int], slope: float, shadow: float, rng: np.random.Generator) -> Map:
    """How bright the light is at each point, float32 `shape`, 1 = full: falling off to one side, a shadow cast on it.

    `slope`, `shadow`: as a Scene's.
    """
    rows, columns = np.mgrid[-0.5 : 0.5 : shape[0] * 1j, -0.5 : 0.5 : shape[1] * 1j]
    angle = rng.uniform(0, 2 * np.pi)
    along = np.cos(angle) * columns + np.sin(angle) * rows
    bright = 1 - slope * (along + 0.5)
    if shadow:
        angle, edge = rng.uniform(0, 2 * np.pi), rng.uniform(-0.3, 0.3)
        distance = np.cos(angle) * columns + np.sin(angle) * rows - edge
        bright = bright * (1 - shadow / (1 + np.exp(-distance / rng.uniform(0.01, 0.08))))
    return np.asarray(np.clip(bright, 0.25, 1.1), np.float32)


def _paper_lines(shape: tuple[int, int], rng: np.random.Generator) -> Map:
    """Ruled (rows only) or grid lines, 1 on a line; slightly turned against the picture."""
    lines = np.zeros(shape, np.float32)
    side = max(shape)
    gap = rng.uniform(0.08, 0.5) * side
    width, slope, start = max(1, round(rng.uniform(0.004, 0.014) * side)), rng.normal(0, 0.02), rng.uniform(0, gap)
    rule(lines, start, gap, slope, width)
    return np.maximum(lines, lines.T) if shape[0] == shape[1] and rng.random() < 0.5 else lines


def rule(lines: Map, start: float, gap: float, slope: float, width: int, *, upright: bool = False) -> None:
    """Draw parallel lines of value 1, `width` pixels wide and `gap` apart, the middle of the first one at `start`.

    `slope`: pixels down for each one to the right; where they are `upright`, to the right for each one down.
    """
    side = max(lines.shape)
    tilt = slope * side / 2
    for offset in np.arange(start, side * 1.15, gap):
        before, after = round(offset - tilt), round(offset + tilt)
        first, last = ((before, 0), (after, side)) if upright else ((0, before), (side, after))
        cv2.line(lines, first, last, 1.0, width, cv2.LINE_AA)


def smooth_noise(shape: tuple[int, int], scale: float, rng: np.random.Generator) -> Map:
    """Noise in [0, 1] with spots about `scale` pixels wide."""
    return np.asarray(np.clip(cv2.GaussianBlur(rng.random(shape, np.float32), (0, 0), scale) * 3 - 1, 0, 1))


def invert(picture: Grey) -> Grey:
    """Light ink on dark ground."""
    return np.asarray(255 - picture, np.uint8)
