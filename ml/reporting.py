"""Writes what an evaluation found: the report as Markdown and JSON, and the model card."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

COLUMNS = {
    "correct": "best guess right",
    "accepted": "accepted",
    "accepted_correct": "right when accepted",
    "digits_correct": "digits right",
    "non_digits_refused": "non-digits refused",
}


def write_report(report: Mapping[str, Any], folder: Path) -> str:
    """Write `report.json` and `report.md` into `folder`; returns the Markdown."""
    text = json.dumps(report, indent=2, ensure_ascii=False)
    (folder / "report.json").write_text(text + "\n", encoding="utf-8")
    model = report["model"]
    lines = [
        "# Evaluation",
        "",
        f"Model `{model['version']}` ({model['architecture']}), SHA-256 `{model['sha256']}`, preprocessing "
        f"{report['preprocessing_version']}, thresholds {_thresholds(model)}.",
        "",
        *_table(report["sets"]),
        "",
    ]
    for name, figures in report["sets"].items():
        lines += _section(name, figures)
    markdown = "\n".join(lines)
    (folder / "report.md").write_text(markdown, encoding="utf-8")
    return markdown


def write_model_card(report: Mapping[str, Any], path: Path) -> None:
    """Write the model card: what the model is, what made it, how well it reads, and where it must not be trusted."""
    model = report["model"]
    metrics = [f"| {name.replace('_', ' ')} | {value} |" for name, value in model["metrics"].items()]
    hashes = [f"- {name}: SHA-256 `{value}`" for name, value in model["data"].items()]
    lines = [
        f"# Model card: {model['version']}",
        "",
        "This file is written by `python -m ml.evaluate --card`; edit `ml/reporting.py`, not this file.",
        "",
        f"A convolutional network (`{model['architecture']}` in `ml/architectures.py`) that reads one handwritten "
        "digit in a 28x28 picture, centred as MNIST centres them, and answers with ten probabilities. It serves "
        "behind `ml/preprocessing.py` and `ml/segmentation.py` (version "
        f"{report['preprocessing_version']}; it was trained with version {model['preprocessing_version']}); "
        "in photographs, the network in `ink.tflite` (its card: `ink.json`) finds the ink, and where there may be "
        "several digits, or one is in doubt, the one in `line.tflite` (`line.json`) reads the line beside it.",
        "",
        f"- File: `best_model.keras`, SHA-256 `{model['sha256']}`, made {model['created_at']}.",
        f"- Outputs: `{model['outputs']}`; temperature {model['temperature']:.3f}; thresholds {_thresholds(model)}.",
        "- Meant for: single digits and short numbers, drawn, photographed or scanned.",
        "- Not meant for: letters and other writing systems, printed or seven-segment digits, decisions that "
        "nobody checks.",
        "- Licence of the data: MNIST as MNIST; pen strokes UNIPEN train_r01_v07, CC BY 4.0, "
        "doi 10.5281/zenodo.1195803.",
        "",
        "## Trained on",
        "",
        *hashes,
        "",
        "## While training",
        "",
        "| figure | value |",
        "| --- | --- |",
        *metrics,
        "",
        "## Evaluation",
        "",
        *_table(report["sets"]),
        "",
        "Shares with their 95 % Wilson intervals. The best guess counts also where it was refused.",
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _thresholds(model: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {value:.4f}" for name, value in model["thresholds"].items())


def _table(sets: Mapping[str, Any]) -> list[str]:
    head = ["set", "pictures", *COLUMNS.values(), "calibration error"]
    lines = ["| " + " | ".join(head) + " |", "| --- |" + " ---: |" * (len(head) - 1)]
    for name, figures in sets.items():
        count = figures.get("pictures") or figures["correct"]["of"]
        cells = [_percent(figures.get(column)) for column in COLUMNS]
        error = figures.get("calibration_error")
        cells.append("" if error is None else f"{100 * error:.2f} %")
        lines.append("| " + " | ".join([name, str(count), *cells]) + " |")
    return lines


def _percent(value: Mapping[str, Any] | None) -> str:
    if value is None or value["share"] is None:
        return ""
    return f"{100 * value['share']:.2f} % ({100 * value['low']:.2f}-{100 * value['high']:.2f})"


def _section(name: str, figures: Mapping[str, Any]) -> list[str]:
    if "reasons" not in figures:
        return []
    reasons = ", ".join(f"{reason} {count}" for reason, count in sorted(figures["reasons"].items()))
    plots = [f"![{name}: {title}]({file})" for title, file in figures["plots"].items()]
    return [f"## {name}", "", f"Answers: {reasons}.", "", *plots, ""]
