"""docs/performance.md: the tables go between its markers, the plot beside it."""

from bench.report import Results, markdown, middle, services_of
from bench.services import ROOT

PAGE = ROOT / "docs" / "performance.md"
PLOT = PAGE.with_suffix(".png")
BEGIN, END = "<!-- figures, written by make bench -->", "<!-- end of figures -->"


def write(results: Results) -> None:
    """Replace the figures on the page, and draw the plot."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    figures = markdown(results)
    if "http" in results:
        plot(results)
        figures = f"![Requests a second and the 99th percentile by connections]({PLOT.name})\n\n{figures}"
    PAGE.write_text(f"{before}{BEGIN}\n\n{figures}\n\n{END}{after}", encoding="utf-8")


def plot(results: Results) -> None:
    """Requests a second and the 99th percentile over the number of connections."""
    from matplotlib.figure import Figure

    figures = results["http"]
    connections = sorted({one["connections"] for one in figures["loads"]})
    drawn = Figure(figsize=(9, 4.5), layout="constrained")
    for axes, (name, title) in zip(
        drawn.subplots(1, 2), (("per_second", "requests a second"), ("p99", "99th percentile, ms")), strict=True
    ):
        for service in services_of(figures):
            values = [middle(figures, service, count, name) for count in connections]
            axes.plot(connections, values, marker="o", label=service)
        axes.set(xscale="log", xlabel="connections", ylabel=title)
        axes.set_xticks(connections, [str(count) for count in connections], minor=False)
        axes.set_xticks([], minor=True)
    drawn.axes[0].set_ylim(bottom=0)
    drawn.legend(*drawn.axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
    drawn.axes[1].set_yscale("log")
    drawn.savefig(PLOT, dpi=110)
