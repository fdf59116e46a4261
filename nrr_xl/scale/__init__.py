"""Retention of more rows than one table holds: partial sums of blocks of customers, added up once.

`analyse_parquet` runs on this machine within a stated memory, DuckDB sorting and spilling; `analyse_spark` on a
cluster. Both ask the same kernel as `nrr_xl.analyse`, whose figures they give to the bit (docs/scale.md).
"""

from __future__ import annotations

from nrr_xl.scale.result import ScaledAnalysis
from nrr_xl.scale.spark import analyse_spark
from nrr_xl.scale.store import analyse_parquet
from nrr_xl.scale.view import retention_view

__all__ = ["ScaledAnalysis", "analyse_parquet", "analyse_spark", "retention_view"]
