"""The retention rates, each defined once: plain functions of amounts, for one company or whole arrays at a time."""

from __future__ import annotations

from nrr_xl.metrics.amounts import ratio as ratio
from nrr_xl.metrics.catalogue import METRICS as METRICS
from nrr_xl.metrics.catalogue import RATES as RATES
from nrr_xl.metrics.catalogue import REMAINS as REMAINS
from nrr_xl.metrics.catalogue import Metric as Metric
from nrr_xl.metrics.catalogue import Rate as Rate
from nrr_xl.metrics.flows import left_of as left_of
from nrr_xl.metrics.flows import logo_rate as logo_rate

# The catalogue's rates by their keys; __init__.pyi says what each takes and gives.
globals().update({key: metric.function for key, metric in METRICS.items()})
