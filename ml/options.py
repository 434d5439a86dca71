"""What the numbers on the command lines may be: types of options for argparse."""

import argparse


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
