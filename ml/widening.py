"""Goes on from a narrower network: the same layers with more channels, which at first change nothing.

After Chen, Goodfellow and Shlens, "Net2Net: Accelerating Learning via Knowledge Transfer" (2016); but new channels
start as random features that nothing uses yet, instead of copies of old ones.
"""

from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray

from ml.architectures import build
from ml.artifact import CardFields, load_model, save_artifact


def save_widened(start: Path, architecture: str, seed: int, output: Path) -> None:
    """Write the network of `start` with the channels of the architecture; what it answers is what it answered.

    Raises ArtifactError for a missing or damaged start, ValueError when it has other layers, or more channels.
    """
    old, card = load_model(start)
    keras.utils.set_random_seed(seed)
    new = build(architecture)
    widen(old, new)
    about = {field.name: getattr(card, field.name) for field in fields(CardFields)}
    save_artifact(new, CardFields(**about), output)


def widen(old: keras.Model, new: keras.Model) -> None:
    """Give `new`, a freshly built network of the same layers, the weights of `old`.

    Raises ValueError when the layers differ, or some have fewer channels.
    """
    if [type(layer) for layer in old.layers] != [type(layer) for layer in new.layers]:
        raise ValueError("The start has other layers than the architecture.")
    for before, after in zip(old.layers, new.layers, strict=True):
        is_by_channel = isinstance(after, keras.layers.DepthwiseConv2D)
        pairs = zip(before.get_weights(), after.get_weights(), strict=True)
        after.set_weights([_placed(one, other, is_by_channel=is_by_channel) for one, other in pairs])


def _placed(old: NDArray[np.float32], new: NDArray[np.float32], *, is_by_channel: bool) -> NDArray[np.float32]:
    """The old weights in the first places of the new; what the old channels would get from new ones is nothing."""
    if any(more < less for more, less in zip(new.shape, old.shape, strict=True)):
        raise ValueError(f"The start has weights of shape {old.shape}, the architecture only of {new.shape}.")
    placed = new.copy()
    if old.ndim > 1 and not is_by_channel:
        placed[..., : old.shape[-1]] = 0
    placed[_corner(old.shape)] = old
    return placed


def _corner(shape: Sequence[int]) -> tuple[slice, ...]:
    return tuple(slice(side) for side in shape)
