"""What command lines share: what numbers may be, as types for argparse, and how far a training goes back."""

import argparse


def add_go_back(parser: argparse.ArgumentParser) -> None:
    """The option --go-back, of a training that has --start-from."""
    parser.add_argument(
        "--go-back", type=share, default=0.0, help="move so far back towards the weights of --start-from, 0 to 1"
    )


def check_go_back(options: argparse.Namespace) -> None:
    """Raise ValueError where there is no start to go back to."""
    if options.go_back and not options.start_from:
        raise ValueError("--go-back needs --start-from.")


def share(said: str) -> float:
    """A number from 0 to 1; raises ArgumentTypeError for others, and ValueError for what is no number."""
    value = float(said)
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"{said} is not from 0 to 1")
    return value


def count(said: str) -> int:
    """A whole number from 1; raises ArgumentTypeError for smaller ones, and ValueError for what is no whole number."""
    value = int(said)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{said} is less than 1")
    return value
