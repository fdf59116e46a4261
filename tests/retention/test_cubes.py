"""The random cubes are worth trying: most have several customers at both ends, and all kinds of movement occur."""

from __future__ import annotations

from collections import Counter

from hypothesis import HealthCheck, Phase, given, settings

from nrr_xl.retention.lines import classify
from tests.retention.cubes import cubes, two_at_both_ends


def test_most_cubes_have_two_customers_or_more_at_both_ends():
    seen: Counter[str] = Counter()

    @settings(
        max_examples=200,
        phases=[Phase.generate],
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(cubes())
    def look(cube):
        seen["cubes"] += 1
        seen["dense"] += two_at_both_ends(cube)
        before, after = cube.amounts[:, 0], cube.amounts[:, -1]
        seen.update(set(classify(before, after).tolist()))

    look()
    assert seen["dense"] >= seen["cubes"] / 2, seen
    for line in ("new", "expansion", "contraction", "churn", "unchanged"):
        assert seen[line] >= seen["cubes"] / 20, seen
