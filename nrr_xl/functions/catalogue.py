"""The worksheet functions, as Excel and LibreOffice call them: thin over the calculation modules."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

from nrr_xl import metrics
from nrr_xl.functions.values import CellError, Cells, cellwise, flag, is_range, number, option, result, whole_columns
from nrr_xl.functions.worksheet import elementwise, worksheet_function
from nrr_xl.retention.bands import Band, band, schemes
from nrr_xl.retention.lines import movement

START = "Opening recurring revenue: a cell or a range"
EXPANSION = "Growth of the opening customers, as a positive amount"
CONTRACTION = "Shrinkage of the opening customers, as a positive amount"
CHURN = "Opening revenue of the customers that left, as a positive amount"
OPENING = "Each customer's amount at the opening"
CLOSING = "Each customer's amount at the closing, in the same order"
ROWS = {
    "customers": "The customer of each row: a column; or the key of NRR_ROWS, with periods and amounts left out",
    "periods": "The date or period of each row: a column; or a row of periods above a block of amounts",
    "amounts": "The amount of each row: a column; or a block of one row per customer and one column per period",
}
AS_OF = "The closing period: a date, or a text such as 2024-12 or Q4 2024; without one #N/A"
FREQ = 'By "month", "quarter" or "year"; by default as the rows are'


def _rows() -> ModuleType:
    """The functions over rows, loaded with numpy once the first of them is called, and not when the server starts."""
    from nrr_xl.functions import rows

    return rows


@worksheet_function("nrr", start=START, expansion=EXPANSION, contraction=CONTRACTION, churn=CHURN)
def NRR(start: Cells, expansion: Cells = None, contraction: Cells = None, churn: Cells = None) -> Cells:
    """Net revenue retention: (start + expansion - contraction - churn) / start."""
    return elementwise(metrics.nrr, start, expansion, contraction, churn)


@worksheet_function("grr", start=START, contraction=CONTRACTION, churn=CHURN)
def GRR(start: Cells, contraction: Cells = None, churn: Cells = None) -> Cells:
    """Gross revenue retention: (start - contraction - churn) / start."""
    return elementwise(metrics.grr, start, contraction, churn)


@worksheet_function("expansion_rate", start=START, expansion=EXPANSION)
def EXPANSION_RATE(start: Cells, expansion: Cells) -> Cells:
    """Expansion as a share of the opening recurring revenue."""
    return elementwise(metrics.expansion_rate, start, expansion)


@worksheet_function("contraction_rate", start=START, contraction=CONTRACTION)
def CONTRACTION_RATE(start: Cells, contraction: Cells) -> Cells:
    """Contraction as a share of the opening recurring revenue."""
    return elementwise(metrics.contraction_rate, start, contraction)


@worksheet_function("churn_rate", start=START, churn=CHURN)
def CHURN_RATE(start: Cells, churn: Cells) -> Cells:
    """Churned revenue as a share of the opening recurring revenue."""
    return elementwise(metrics.churn_rate, start, churn)


@worksheet_function(
    "quick_ratio",
    new_amount="Revenue won from new and returning customers, as a positive amount",
    expansion=EXPANSION,
    contraction=CONTRACTION,
    churn=CHURN,
)
def QUICK_RATIO(new_amount: Cells, expansion: Cells, contraction: Cells, churn: Cells) -> Cells:
    """Quick ratio: recurring revenue gained for each unit lost, (new + expansion) / (contraction + churn)."""
    return elementwise(metrics.quick_ratio, new_amount, expansion, contraction, churn)


@worksheet_function("NrrProduct", rates="Retention of each period as a fraction; blank cells are passed over")
def NRR_COMPOUND(rates: Cells) -> Cells:
    """Compounded retention: the product of consecutive periods' rates."""
    (cells,), (column,) = whole_columns(rates)
    given = [place for place, cell in enumerate(cells) if cell is not None and cell != ""]
    return result(metrics.compound(column.values[given]))


@worksheet_function(
    "annualise", rate="Retention over the window as a fraction", months="Length of the window in months"
)
def NRR_ANNUALIZE(rate: Cells, months: Cells) -> Cells:
    """Annualised retention: the rate that twelve such months would give, rate ^ (12 / months)."""
    return elementwise(metrics.annualise, rate, months, blank=None)


@worksheet_function("annual_churn", monthly="Monthly churn rate as a fraction")
def ANNUAL_CHURN(monthly: Cells) -> Cells:
    """A monthly churn rate compounded to a year: 1 - (1 - monthly) ^ 12, never twelve times it."""
    return elementwise(metrics.annual_churn, monthly)


@worksheet_function(
    "NrrBands",
    rate="Net revenue retention as a fraction: a cell or a range",
    scheme='Whose bands: "general" (default), "kpi_depot" or "salesforce"',
)
def NRR_BAND(rate: Cells, scheme: Cells = None) -> Cells:
    """The word for a rate in a published scheme of bands, such as "good" or "healthy"."""
    return _banded(rate, scheme, lambda found: found.label)


@worksheet_function(
    "NrrAdvised",
    rate="Net revenue retention as a fraction: a cell or a range",
    scheme='Whose bands: "general" (default), "kpi_depot" or "salesforce"',
)
def NRR_ADVICE(rate: Cells, scheme: Cells = None) -> Cells:
    """What a rate means and what to do next, as a published scheme of bands has it."""
    return _banded(rate, scheme, lambda found: found.advice)


def _banded(rate: Cells, scheme: Cells, said: Callable[[Band], str]) -> Cells:
    """What the band of each cell says."""
    scheme = option(scheme, "general")
    if scheme not in schemes():
        raise CellError("#NUM!")

    def word(cell: Cells) -> str:
        found = band(number(cell, blank=None), scheme)
        if found is None:
            raise CellError("#N/A")
        return said(found)

    return cellwise(rate, word)


@worksheet_function(
    "ltv",
    amount_per_customer="Average recurring revenue of a customer per period",
    gross_margin="Gross margin as a fraction",
    churn_rate="Churn rate per the same period as a fraction",
)
def LTV(amount_per_customer: Cells, gross_margin: Cells, churn_rate: Cells) -> Cells:
    """Simple lifetime value of a customer: amount per customer x gross margin / churn rate."""
    return elementwise(metrics.ltv, amount_per_customer, gross_margin, churn_rate)


@worksheet_function(
    "cac", cost="Sales and marketing cost of the window", new_customers="Number of customers won in the window"
)
def CAC(cost: Cells, new_customers: Cells) -> Cells:
    """Customer acquisition cost: sales and marketing cost / new customers."""
    return elementwise(metrics.cac, cost, new_customers)


@worksheet_function(
    "cac_payback",
    cost_per_customer="Customer acquisition cost",
    monthly_amount="A new customer's recurring revenue in a month",
    gross_margin="Gross margin as a fraction",
)
def CAC_PAYBACK(cost_per_customer: Cells, monthly_amount: Cells, gross_margin: Cells) -> Cells:
    """Months until a new customer's gross margin has paid its acquisition cost."""
    return elementwise(metrics.cac_payback, cost_per_customer, monthly_amount, gross_margin)


@worksheet_function(
    "ltv_to_cac",
    lifetime_value="Lifetime value of a customer",
    cost_per_customer="Customer acquisition cost",
)
def LTV_TO_CAC(lifetime_value: Cells, cost_per_customer: Cells) -> Cells:
    """Lifetime value for each unit of customer acquisition cost."""
    return elementwise(metrics.ltv_to_cac, lifetime_value, cost_per_customer)


@worksheet_function(
    "magic_number",
    opening="Annual recurring revenue at the opening",
    closing="Annual recurring revenue at the closing",
    cost="Sales and marketing cost of the window before",
)
def MAGIC_NUMBER(opening: Cells, closing: Cells, cost: Cells) -> Cells:
    """Annual recurring revenue added for each unit of sales and marketing cost: (closing - opening) / cost."""
    return elementwise(metrics.magic_number, opening, closing, cost)


@worksheet_function(
    "burn_multiple",
    burn="Net cash burnt in the window",
    opening="Annual recurring revenue at the opening",
    closing="Annual recurring revenue at the closing",
)
def BURN_MULTIPLE(burn: Cells, opening: Cells, closing: Cells) -> Cells:
    """Cash burnt for each unit of annual recurring revenue added: burn / (closing - opening)."""
    return elementwise(metrics.burn_multiple, burn, opening, closing)


@worksheet_function(
    "renewal_rate",
    renewed="The renewed part of what ended, without expansion: an amount or a number of contracts",
    available="What ended and was available to renew, in the same measure",
)
def RENEWAL_RATE(renewed: Cells, available: Cells) -> Cells:
    """Renewal rate: the renewed part of what was available to renew."""
    return elementwise(metrics.renewal_rate, renewed, available)


@worksheet_function("NrrOfCustomers", opening=OPENING, closing=CLOSING)
def NRR_COHORT(opening: Cells, closing: Cells) -> Cells:
    """Net revenue retention from customers: the closing amount of the opening customers / their opening amount."""
    return _cohort(metrics.nrr_cohort, opening, closing)


@worksheet_function("NrrGrossOfCustomers", opening=OPENING, closing=CLOSING)
def GRR_COHORT(opening: Cells, closing: Cells) -> Cells:
    """Gross revenue retention from customers: none counts for more than it paid at the opening."""
    return _cohort(metrics.grr_cohort, opening, closing)


@worksheet_function("NrrLogosOfCustomers", opening=OPENING, closing=CLOSING)
def LOGO_RETENTION(opening: Cells, closing: Cells) -> Cells:
    """Logo retention: the share of the opening customers that are still customers at the closing."""
    return _cohort(metrics.logo_retention, opening, closing)


def _cohort(metric: Callable[..., float], opening: Cells, closing: Cells) -> Cells:
    """A rate over customers' amounts at both ends, which must match one to one."""
    _, columns = whole_columns(opening, closing)
    return result(metric(*(column.values for column in columns)))


@worksheet_function(
    "NrrMovements",
    opening="The amount at the opening: a cell or a range",
    closing="The amount at the closing",
    was_customer="TRUE where the customer had an amount before the opening; FALSE by default",
)
def MOVEMENT(opening: Cells, closing: Cells, was_customer: Cells = None) -> Cells:
    """The line of the bridge in which a customer counts: new, reactivation, expansion, contraction or churn."""
    if any(map(is_range, (opening, closing, was_customer))):
        return _rows().movement(opening, closing, was_customer)
    before, after, known = number(opening), number(closing), flag(was_customer)
    if before < 0 or after < 0:
        raise CellError("#NUM!")
    return movement(before, after, known != 0)


@worksheet_function(
    **ROWS,
    as_of=AS_OF + ". Or a range of them",
    months="Length of the window in months; 12 by default",
    method='Definition of NRR: "point_to_point" by default; NRR_METHODS lists them all',
)
def NRR_ASOF(
    customers: Cells,
    periods: Cells = None,
    amounts: Cells = None,
    as_of: Cells = None,
    months: Cells = None,
    method: Cells = None,
) -> Cells:
    """Net revenue retention of the window that closes in a period, from revenue rows, by any of the methods."""
    return _rows().nrr_asof(customers, periods, amounts, as_of, months, method)


@worksheet_function(
    **ROWS, as_of=AS_OF + ". Or a range of them", months="Length of the window in months; 12 by default"
)
def GRR_ASOF(
    customers: Cells, periods: Cells = None, amounts: Cells = None, as_of: Cells = None, months: Cells = None
) -> Cells:
    """Gross revenue retention of the window that closes in a period, from revenue rows."""
    return _rows().grr_asof(customers, periods, amounts, as_of, months)


@worksheet_function(**ROWS, months="Length of the window in months; 12 by default")
def NRR_TREND(customers: Cells, periods: Cells = None, amounts: Cells = None, months: Cells = None) -> Cells:
    """NRR, GRR and logo retention over a rolling window, one row for every period that it reaches."""
    return _rows().nrr_trend(customers, periods, amounts, months)


@worksheet_function(**ROWS, as_of=AS_OF)
def NRR_METHODS(customers: Cells, periods: Cells = None, amounts: Cells = None, as_of: Cells = None) -> Cells:
    """The 12-month NRR by every definition in use, each with its numerator and denominator."""
    return _rows().nrr_methods(customers, periods, amounts, as_of)


@worksheet_function(**ROWS, freq=FREQ)
def ARR_BRIDGE(customers: Cells, periods: Cells = None, amounts: Cells = None, freq: Cells = None) -> Cells:
    """The bridge of every period: opening, new, reactivation, expansion, contraction, churn, closing."""
    return _rows().arr_bridge(customers, periods, amounts, freq)


@worksheet_function(**ROWS, measure='"revenue" (default) or "logos"', freq=FREQ)
def COHORT_TABLE(
    customers: Cells, periods: Cells = None, amounts: Cells = None, measure: Cells = None, freq: Cells = None
) -> Cells:
    """The cohort triangle: what is left of each first period's customers or revenue, by age."""
    return _rows().cohort_table(customers, periods, amounts, measure, freq)


@worksheet_function(**ROWS, segments="The segment of each row, or of each customer of a block: a column", as_of=AS_OF)
def NRR_SEGMENT(
    customers: Cells, periods: Cells = None, amounts: Cells = None, segments: Cells = None, as_of: Cells = None
) -> Cells:
    """The 12-month bridge and rates of each segment, and of the total."""
    return _rows().nrr_segment(customers, periods, amounts, segments, as_of)


@worksheet_function(**ROWS, as_of=AS_OF, n="How many customers; 10 by default")
def TOP_MOVERS(
    customers: Cells, periods: Cells = None, amounts: Cells = None, as_of: Cells = None, n: Cells = None
) -> Cells:
    """The customers whose amount moved most over 12 months, with the line of the bridge in which they count."""
    return _rows().top_movers(customers, periods, amounts, as_of, n)


@worksheet_function(**ROWS, as_of=AS_OF, n="How many customers are left out; without a number #N/A")
def NRR_EX_TOP(
    customers: Cells, periods: Cells = None, amounts: Cells = None, as_of: Cells = None, n: Cells = None
) -> Cells:
    """The 12-month NRR without the n customers of the largest opening amount."""
    return _rows().nrr_ex_top(customers, periods, amounts, as_of, n)


@worksheet_function(**ROWS)
def REVENUE_CHECK(customers: Cells, periods: Cells = None, amounts: Cells = None) -> Cells:
    """What is wrong or doubtful in revenue rows, one line per problem with the row of the range that it is in."""
    return _rows().revenue_check(customers, periods, amounts)


@worksheet_function(
    customers="The customer of each row: a column",
    periods=ROWS["periods"],
    amounts=ROWS["amounts"],
    segments="The segment of each row, for NRR_SEGMENT",
)
def NRR_ROWS(customers: Cells, periods: Cells, amounts: Cells, segments: Cells = None) -> Cells:
    """A key for revenue rows: other functions take it for the customers, with periods and amounts left out."""
    return _rows().nrr_rows(customers, periods, amounts, segments)
