"""The geometry of the dashboard's charts."""

import pytest

from recognizer import charts

DAYS = ["20 Nov", "21 Nov", "22 Nov"]


@pytest.mark.parametrize(("largest", "step"), [(3, 1), (40, 10), (41, 20), (1999, 500), (0, 1)])
def test_ticks_stand_at_round_numbers(largest: float, step: float) -> None:
    assert max(1, charts.nice_step(largest)) == step


def test_bars_stand_on_each_other_and_fill_the_axis() -> None:
    chart = charts.stacked(DAYS, [("web", "Web", [10, 0, 40]), ("api", "API", [10, 5, 0])])

    heights = {bar.title: float(bar.height) for bar in chart.bars}
    assert heights["22 Nov, Web: 40"] == pytest.approx(charts.PLOT_HEIGHT, abs=0.1)
    assert heights["20 Nov, Web: 10"] == pytest.approx(charts.PLOT_HEIGHT / 4, abs=0.1)
    below, above = (
        next(bar for bar in chart.bars if bar.title.startswith(f"20 Nov, {name}")) for name in ("Web", "API")
    )
    assert float(above.y) + float(above.height) == pytest.approx(float(below.y), abs=0.2)
    assert [tick.text for tick in chart.y_ticks] == ["0", "10", "20", "30", "40"]
    assert len(chart.bars) == 4


def test_no_submissions_at_all_is_an_empty_chart() -> None:
    chart = charts.stacked(DAYS, [("web", "Web", [0, 0, 0])])

    assert chart.bars == []
    assert [tick.text for tick in chart.y_ticks] == ["0", "1"]


def test_a_curve_breaks_where_there_is_no_value() -> None:
    chart = charts.durations(DAYS, [("p50", "p50", [10.0, None, 100.0])])

    assert len(chart.lines[0].pieces) == 2
    assert [title for _, _, title in chart.lines[0].dots] == ["20 Nov, p50: 10 ms", "22 Nov, p50: 100 ms"]
    assert [tick.text for tick in chart.y_ticks] == ["10 ms", "100 ms"]
    (_, high, _), (_, low, _) = chart.lines[0].dots
    assert float(high) > float(low)


def test_a_long_span_is_labelled_sparsely_and_up_to_today() -> None:
    days = [str(day) for day in range(365)]

    ticks = charts.stacked(days, [("web", "Web", [1] * 365)]).x_ticks

    assert len(ticks) <= charts.MAX_DAY_LABELS
    assert ticks[-1].text == "364"


@pytest.mark.parametrize(
    ("value", "words"), [(None, "–"), (0.5, "0.5 ms"), (12.3, "12 ms"), (999, "999 ms"), (1500, "1.5 s")]
)
def test_durations_in_words(value: float | None, words: str) -> None:
    assert charts.milliseconds(value) == words


def test_heat_is_the_share_of_the_row() -> None:
    assert [charts.heat(n, [0, 1, 9]) for n in (0, 1, 9)] == [0, 1, 9]
    assert charts.heat(0, [0, 0]) == 0
