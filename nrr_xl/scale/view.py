"""The retention of every month as one view where the rows are, put into a warehouse's dialect by sqlglot."""

from __future__ import annotations

from nrr_xl.errors import InputError, did_you_mean
from nrr_xl.options import option
from nrr_xl.scale.sql import quoted

DIALECTS = ("duckdb", "snowflake", "bigquery", "postgres", "redshift", "databricks")


def retention_view(
    table: str,
    *,
    customer: str = "customer",
    date: str = "month",
    amount: str = "mrr",
    months: int = 12,
    name: str = "retention",
    dialect: str = "duckdb",
) -> str:
    """A statement that creates a view with the bridge and the rates over so many months, one row for every month.

    The columns are month, opening, new, reactivation, expansion, contraction, churn, closing, nrr, grr and
    logo_retention, as in `Analysis.trend` and the bridge; net amounts below 0 count as 0. A warehouse adds up in its
    own numbers, so that a rate may differ from nrr_xl's in its last digits where amounts are no decimals.

    Parameters
    ----------
    table : str
        The rows, each part of its name between points: "finance.revenue".
    customer, date, amount : str
        Its columns; amounts recur monthly.
    months, name : the window's length, and what the view is called.
    dialect : str
        One of DIALECTS.

    Raises
    ------
    InputError
        If the dialect is not known, or sqlglot is not installed.
    """
    try:
        import sqlglot
    except ImportError:
        raise InputError("A view in a warehouse's dialect takes sqlglot. Install it.") from None
    if dialect not in DIALECTS:
        raise InputError(
            f"dialect is {dialect!r}. Choose one of {', '.join(DIALECTS)}.{did_you_mean(dialect, DIALECTS)}"
        )
    months = option("months").read(months)
    source, view = (".".join(quoted(part) for part in each.split(".")) for each in (table, name))
    statement = _VIEW.format(
        view=view, table=source, customer=quoted(customer), date=quoted(date), amount=quoted(amount), months=months
    )
    written: str = sqlglot.transpile(statement, read="duckdb", write=dialect, pretty=True)[0]
    return written + ";\n"


_VIEW = """
CREATE VIEW {view} AS
WITH monthly AS (
    SELECT {customer} AS customer, CAST(DATE_TRUNC('month', {date}) AS DATE) AS month,
        CASE WHEN SUM({amount}) > 0 THEN SUM({amount}) ELSE 0 END AS amount
    FROM {table} WHERE {amount} IS NOT NULL GROUP BY 1, 2
),
firsts AS (SELECT customer, MIN(month) AS first_month FROM monthly WHERE amount > 0 GROUP BY customer),
span AS (SELECT MIN(month) AS first_month, MAX(month) AS last_month FROM monthly),
ends AS (
    SELECT customer, CAST(month + INTERVAL {months} MONTH AS DATE) AS month, amount AS opening, 0 AS closing
    FROM monthly
    UNION ALL
    SELECT customer, month, 0 AS opening, amount AS closing FROM monthly
),
pairs AS (
    SELECT ends.customer, ends.month, SUM(opening) AS opening, SUM(closing) AS closing
    FROM ends CROSS JOIN span
    WHERE ends.month <= span.last_month AND ends.month >= CAST(span.first_month + INTERVAL {months} MONTH AS DATE)
    GROUP BY ends.customer, ends.month
),
known AS (
    SELECT pairs.customer, pairs.month, pairs.opening, pairs.closing,
        firsts.first_month <= CAST(pairs.month - INTERVAL {months} MONTH AS DATE) AS was_customer
    FROM pairs LEFT JOIN firsts ON firsts.customer = pairs.customer
)
SELECT month,
    SUM(opening) AS opening,
    SUM(CASE WHEN opening = 0 AND NOT was_customer THEN closing ELSE 0 END) AS new,
    SUM(CASE WHEN opening = 0 AND was_customer THEN closing ELSE 0 END) AS reactivation,
    SUM(CASE WHEN opening > 0 AND closing > opening THEN closing - opening ELSE 0 END) AS expansion,
    SUM(CASE WHEN closing > 0 AND closing < opening THEN opening - closing ELSE 0 END) AS contraction,
    SUM(CASE WHEN closing = 0 THEN opening ELSE 0 END) AS churn,
    SUM(closing) AS closing,
    SUM(CASE WHEN opening > 0 THEN closing ELSE 0 END) / NULLIF(SUM(opening), 0) AS nrr,
    SUM(CASE WHEN opening > closing THEN closing ELSE opening END) / NULLIF(SUM(opening), 0) AS grr,
    CAST(SUM(CASE WHEN opening > 0 AND closing > 0 THEN 1 ELSE 0 END) AS DOUBLE)
        / NULLIF(SUM(CASE WHEN opening > 0 THEN 1 ELSE 0 END), 0) AS logo_retention
FROM known
GROUP BY month
"""
