"""Spark on two local workers gives what this machine gives, to the bit; skipped without Spark or Java, but in CI."""

from __future__ import annotations

import os
import shutil
import sys

import pytest

import nrr_xl
from nrr_xl.errors import InputError
from nrr_xl.scale import analyse_parquet, analyse_spark
from tests.scale.rows import rows, same

pq = pytest.importorskip("pyarrow.parquet")
if not os.environ.get("CI"):
    pytest.importorskip("pyspark")
    if not shutil.which("java"):
        pytest.skip("there is no Java", allow_module_level=True)
# Spark's own words about pandas and about its sockets.
pytestmark = [
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("spark") / "rows.parquet"
    pq.write_table(rows(), path, row_group_size=2_000)
    return str(path)


@pytest.fixture(scope="module")
def session():
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = sys.executable
    local = {"spark.ui.enabled": "false", "spark.sql.shuffle.partitions": "2", "spark.driver.host": "127.0.0.1"}
    builder = SparkSession.builder.master("local[2]").config("spark.driver.bindAddress", "127.0.0.1")
    for name, value in local.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("OFF")
    yield session
    session.stop()


def test_spark_gives_the_same_bits(session, path):
    scaled = analyse_spark(session.read.parquet(path), partitions=2)
    assert scaled.to_dict() == analyse_parquet(path).to_dict()
    same(scaled, nrr_xl.analyse(nrr_xl.read(path)))


def test_the_reader_takes_parquet_by_spark(session, path):
    assert nrr_xl.read(f"spark+parquet:{path}").amounts.tolist() == nrr_xl.read(path).amounts.tolist()
    with pytest.raises(InputError, match="cannot be read by Spark"):
        nrr_xl.read(f"spark+parquet:{path}.none")


def test_what_is_not_plain_is_refused(session, path):
    with pytest.raises(InputError, match="does not say that amounts recur"):
        analyse_spark(session.read.parquet(path).withColumnRenamed("MRR", "Amount"))
