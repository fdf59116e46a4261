"""The stages by which a customer goes from one reading to another, so that each change has one cause."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from nrr_xl.records import struct
from nrr_xl.retention.lines import classify
from nrr_xl.retention.movements import at_both_ends
from nrr_xl.retention.renames import Rename
from nrr_xl.retention.windows import Window
from nrr_xl.revenue.cube.build import RevenueCube


@struct(eq=False)
class Stage:
    """Every customer's amounts at the two ends of a window, whether it was known, and its value of each segment."""

    opening: np.ndarray
    closing: np.ndarray
    known: np.ndarray
    segments: dict[str, np.ndarray]

    @property
    def retained(self) -> np.ndarray:
        found: np.ndarray = np.where(self.opening > 0, self.closing, 0.0)
        return found

    @property
    def kept(self) -> np.ndarray:
        found: np.ndarray = np.minimum(self.opening, self.closing)
        return found

    @property
    def movement(self) -> np.ndarray:
        return classify(self.opening, self.closing, self.known)

    def differs(self, other: Stage) -> np.ndarray:
        """Which customers changed."""
        found: np.ndarray = (
            (self.opening != other.opening) | (self.closing != other.closing) | (self.movement != other.movement)
        )
        for name, values in self.segments.items():
            found |= values != other.segments[name]
        return found

    def with_rows(self, rows: np.ndarray, other: Stage) -> Stage:
        """With some customers as another stage has them."""

        def mixed(mine: np.ndarray, theirs: np.ndarray) -> np.ndarray:
            return np.where(rows, theirs, mine)

        return Stage(
            mixed(self.opening, other.opening),
            mixed(self.closing, other.closing),
            mixed(self.known, other.known),
            {name: mixed(values, other.segments[name]) for name, values in self.segments.items()},
        )


def stage_of(cube: RevenueCube, span: Window, at: Mapping[str, int], names: Sequence[str]) -> Stage:
    """A cube's window over the customers of both readings; a customer it does not have has nothing."""
    place = np.array([at[name] for name in cube.customers], int)
    before, after, known = at_both_ends(cube, span.opening, span.closing)

    def spread(values: np.ndarray, empty: object) -> np.ndarray:
        found = np.full(len(at), empty, dtype=values.dtype)
        found[place] = values
        return found

    segments = {}
    for name in names:
        segment = cube.segments[name]
        texts = np.array([*segment.values, ""], object)
        codes = np.where(before > 0, segment.at(span.opening), segment.at(span.closing))
        segments[name] = spread(np.where((before > 0) | (after > 0), texts[codes], ""), "")
    return Stage(spread(before, 0.0), spread(after, 0.0), spread(known, False), segments)


def with_renames(
    stage: Stage, target: Stage, renames: Sequence[Rename], at: Mapping[str, int]
) -> tuple[Stage, dict[int, str]]:
    """The stage with every rename carried out, and what to say of each customer involved."""
    said: dict[int, str] = {}
    exact = np.zeros(len(at), bool)
    for rename in renames:
        left, right = at[rename.name], at[rename.to]
        said[left] = f"{rename.reason}: to {rename.to}"
        said[right] = f"{rename.reason}: from {rename.name}"
        if rename.exact:
            exact[[left, right]] = True
    # Where the amounts of both names add up as before, their new amounts are the rename and nothing else; who comes by
    # a rename keeps its segment here, so that another one in the new reading is a move of its own.
    done = stage.with_rows(exact, target)
    for name, values in done.segments.items():
        was = stage.segments[name].copy()
        for rename in renames:
            if rename.exact and was[at[rename.to]] == "":
                was[at[rename.to]] = was[at[rename.name]]
        present = (done.opening > 0) | (done.closing > 0)
        done.segments[name] = np.where(exact & present & (was != ""), was, values)
    source = np.arange(len(at))
    emptied = np.zeros(len(at), bool)
    for rename in renames:
        if not rename.exact:
            source[at[rename.to]] = at[rename.name]
            emptied[at[rename.name]] = True
    moved = [values[source] for values in (done.opening, done.closing, done.known)]
    opening, closing, known = (np.where(emptied, np.zeros(1, values.dtype), values) for values in moved)
    segments = {name: np.where(emptied, "", values[source]) for name, values in done.segments.items()}
    return Stage(opening, closing, known, segments), said


def with_moves(stage: Stage, target: Stage) -> Stage:
    """The stage with each customer that both have in the segment where the new reading has it."""
    segments = {
        name: np.where((values != "") & (target.segments[name] != ""), target.segments[name], values)
        for name, values in stage.segments.items()
    }
    return Stage(stage.opening, stage.closing, stage.known, segments)
