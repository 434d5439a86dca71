import numpy as np

from ml.outliers import LOOK_ALIKES, MARKS, SIGNS, SYMBOLS, scribble, symbol


def test_scribbles_and_symbols_are_strokes_within_reach() -> None:
    rng = np.random.default_rng(0)

    for draw in (scribble, symbol):
        for _ in range(60):
            strokes = draw(rng)
            assert strokes
            for points in strokes:
                assert points.ndim == 2
                assert points.shape[1] == 2
                assert np.all((points > -300) & (points < 1300))


def test_every_symbol_draws() -> None:
    assert all(draw(np.random.default_rng(1)) for draw in (*SYMBOLS, *(sign.draw for sign in SIGNS + MARKS)))


def test_signs_keep_their_shape() -> None:
    rng = np.random.default_rng(0)
    curves = [stroke for _ in range(200) for stroke in symbol(rng) if len(stroke) > 20]

    assert curves
    for curve in curves:
        steps = np.diff(curve, axis=0)
        assert np.linalg.norm(np.diff(steps, axis=0), axis=1).max() < 0.3 * np.ptp(curve, axis=0).max()


def test_look_alikes_are_letters() -> None:
    assert {"O", "l", "S", "Z"} <= LOOK_ALIKES
    assert all(letter.isalpha() for letter in LOOK_ALIKES)
