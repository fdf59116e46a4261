"""The doubts that stop a reading, by code: what each says and the options that answer it."""

from __future__ import annotations

from nrr_xl.errors import Severity
from nrr_xl.records import struct


@struct()
class Code:
    """A kind of problem: how grave it is, what it says, and what was or should be done."""

    severity: Severity
    message: str
    action: str = ""


ASKED: dict[str, Code] = {
    "amount-unreadable": Code("error", "The amount cannot be read", "Write a number, or leave the cell blank."),
    "amount-percent": Code("error", "A percentage is no amount", "Write the amount itself."),
    "amount-error-cell": Code("error", "The amount is an error value", "Mend the formula in the source."),
    "amount-too-large": Code("error", "The amount is too large to be one", "Write the right amount."),
    "amount-uncalculated": Code(
        "error", "The formula has no result yet", "Open the workbook in Excel, let it calculate, and save it."
    ),
    "amount-boolean": Code("error", "A true or false is no amount", "Write a number, or leave the cell blank."),
    "amount-date": Code("error", "A date stands where an amount should", "Write a number, or leave the cell blank."),
    "decimal-ambiguous": Code(
        "error",
        "The decimal sign cannot be told: the amounts can be read with a point or with a comma",
        "Say which with --decimal . or --decimal ,",
    ),
    "decimal-mixed": Code(
        "error", "The amount is written with another decimal sign than the column", "Write the column in one way."
    ),
    "customer-missing": Code(
        "error",
        "An amount without a customer",
        "Fill in the customer, or take the one above with --fill-down.",
    ),
    "customer-error-cell": Code("error", "The customer is an error value", "Mend the formula in the source."),
    "date-missing": Code("error", "An amount without a date", "Fill in the date."),
    "date-unreadable": Code("error", "The date cannot be read", "Write it as YYYY-MM-DD or YYYY-MM."),
    "date-ambiguous": Code(
        "error", "Day and month cannot be told apart in this column", "Say which with --day-first or --month-first."
    ),
    "date-mixed": Code(
        "error", "The date has day and month in another order than the column", "Write the column in one way."
    ),
    "period-mixed": Code(
        "error", "The date names a period of another length than the column", "Use one kind of period in a column."
    ),
    "end-before-start": Code("error", "The end lies before the start", "Correct one of the two dates."),
    "interval-unknown": Code("error", "The billing interval is unknown", "Write month, quarter or year."),
    "term-missing": Code(
        "error",
        "A contract value without a term",
        "Fill in the term in months; or say that amounts are no whole term's with --amount-per month.",
    ),
    "value-unending": Code(
        "error",
        "A contract's whole value without an end or a term by which it could be divided",
        "Fill in its end, or its term in months.",
    ),
    "term-passed": Code(
        "error",
        "Rows are active of which the term has passed",
        "Let each end with its term by --end term, or take them as still active with --end none.",
    ),
    "starts-only": Code(
        "error",
        "Several rows of a customer begin one after another and none ends",
        "Let each end where the customer's next one begins with --end next, or add them up with --end none.",
    ),
    "rolling-sums": Code(
        "error",
        "The amounts are sums over several periods, by their header or a title",
        "Name amounts of one period with --amount, or take them as they are with --rows-are levels.",
    ),
    "ends-differ": Code("error", "Two columns of ends differ", "Name one with --end."),
    "amount-covers": Code(
        "error",
        "An amount beside a term or an end may be that of a month, of a year or of the whole term",
        "Say which with --amount-per month, or --amount-per year, or --amount-per term.",
    ),
    "period-unread": Code(
        "error",
        "A column of amounts among the periods has a header that names none",
        "Write the period as YYYY-MM, or leave such columns out with --accept-errors.",
    ),
    "period-twice": Code(
        "error",
        "Two columns hold the same period",
        "Remove one of the two, or take the first one with --accept-errors.",
    ),
    "months-only": Code(
        "error",
        "Months are named without their year",
        "Write them as YYYY-MM, or add a column of years.",
    ),
    "currency-missing": Code("error", "An amount without a currency among several", "Fill in the currency."),
    "values-unclear": Code(
        "error",
        "A column's values say that some rows may be no revenue",
        "Say which count with --only COLUMN=VALUE or --exclude COLUMN=VALUE.",
    ),
    "sheets-alike": Code(
        "error",
        "Several sheets of one kind tell of the same customers",
        "Read one with --sheet, or stack them with --sheets all.",
    ),
    "tables-beside": Code("error", "Several tables stand side by side", "Read one with --range."),
    "scale-unclear": Code("error", "Titles give two scales for the amounts", "Say which with --scale."),
    "invoices": Code(
        "error",
        "The amounts look like invoices that pay for more than a month",
        "Spread them with --spread cadence, or count each in its month with --spread no.",
    ),
    "snapshots": Code(
        "error",
        "Each period holds several snapshots of the same customers",
        "Take the last of each period with --rows-are snapshots, or add them up with --rows-are levels.",
    ),
    "changes": Code(
        "error",
        "The amounts look like changes of a level",
        "Add them up to levels with --rows-are changes, or take them as they are with --rows-are levels.",
    ),
    "year-to-date": Code(
        "error",
        "The amounts look like sums since the start of the year",
        "Take their differences with --rows-are ytd, or take them as they are with --rows-are levels.",
    ),
    "sides-unclear": Code(
        "error", "Amounts stand on two sides, debit and credit, and either may be revenue", "Say which with --amount."
    ),
    "rows-twice": Code(
        "error",
        "Exactly the same as an earlier row",
        "Leave the later ones out with --drop-rows twice, or count them with --keep-rows twice.",
    ),
    "second-table": Code(
        "error",
        "The same customers and periods stand once more under the header repeated",
        "Read one of the tables with --range, or leave rows out with --drop-rows.",
    ),
    "date-outside": Code(
        "error",
        "The date lies before 1950 or more than 20 years ahead",
        "Correct it.",
    ),
    "amounts-negative": Code(
        "error",
        "Nearly all amounts are below 0, as on the credit side of a ledger",
        "Turn their sign with --scale -1, or take them as they are with --scale 1.",
    ),
    "total-unproven": Code(
        "error",
        "Labelled a total, but it equals no sum of rows",
        "Leave it out with --drop-rows, or count it as a customer with --keep-rows.",
    ),
    "amounts-counted": Code(
        "error",
        "The amounts are called a count or an average",
        "Show sums in the pivot instead, or take them as amounts with --rows-are levels.",
    ),
    "statement-rows": Code(
        "error",
        "The rows are lines of a profit and loss statement, not customers",
        "Read another sheet with --sheet, or count the rows with --keep-rows.",
    ),
    "measure-unclear": Code("error", "Several columns may be the amount", "Say which one is the amount with --amount."),
    "title-no-revenue": Code(
        "error",
        "A title or the sheet's name says that the amounts are no revenue",
        "Read another sheet with --sheet, or take them as amounts with --rows-are levels.",
    ),
    "amounts-shares": Code(
        "error",
        "The amounts of each period add up to a whole, 1 or 100, so they look like shares",
        "Give the amounts themselves, or take these as amounts with --rows-are levels.",
    ),
    "quote-swallows": Code(
        "error",
        "A text in quotation marks takes in what looks like further cells or rows",
        "Remove the stray mark, or read the marks as plain characters with --no-quotes.",
    ),
    "row-long": Code(
        "error",
        "A row with more cells than the others",
        "Enclose the text that holds the delimiter in quotation marks, or remove the surplus cell.",
    ),
    "currency-mixed": Code(
        "error",
        "Several currencies and no exchange rates",
        "Give a rates table with --rates, or take all amounts as one currency with --no-currency.",
    ),
    "rate-missing": Code("error", "The rates table has no rate", "Add it to the rates table."),
}
