"""What a reading refuses or leaves out as an error, by code: what is said of it, and what mends it."""

from __future__ import annotations

ERRORS: dict[str, tuple[str, str]] = {
    "amount-unreadable": ("The amount cannot be read", "Write a number, or leave the cell blank."),
    "amount-percent": ("A percentage is no amount", "Write the amount itself."),
    "amount-error-cell": ("The amount is an error value", "Mend the formula in the source."),
    "amount-too-large": ("The amount is too large to be one", "Write the right amount."),
    "amount-uncalculated": (
        "The formula has no result yet",
        "Open the workbook in Excel, let it calculate, and save it.",
    ),
    "amount-boolean": ("A true or false is no amount", "Write a number, or leave the cell blank."),
    "amount-date": ("A date stands where an amount should", "Write a number, or leave the cell blank."),
    "decimal-ambiguous": (
        "The decimal sign cannot be told: the amounts can be read with a point or with a comma",
        "Say which with --decimal . or --decimal ,",
    ),
    "decimal-mixed": (
        "The amount is written with another decimal sign than the column",
        "Write the column in one way.",
    ),
    "customer-missing": (
        "An amount without a customer",
        "Fill in the customer, or take the one above with --fill-down.",
    ),
    "customer-error-cell": ("The customer is an error value", "Mend the formula in the source."),
    "date-missing": ("An amount without a date", "Fill in the date."),
    "date-unreadable": ("The date cannot be read", "Write it as YYYY-MM-DD or YYYY-MM."),
    "date-ambiguous": (
        "Day and month cannot be told apart in this column",
        "Say which with --day-first or --month-first.",
    ),
    "date-mixed": ("The date has day and month in another order than the column", "Write the column in one way."),
    "period-mixed": (
        "The date names a period of another length than the column",
        "Use one kind of period in a column.",
    ),
    "end-before-start": ("The end lies before the start", "Correct one of the two dates."),
    "interval-unknown": ("The billing interval is unknown", "Write month, quarter or year."),
    "term-missing": (
        "A contract value without a term",
        "Fill in the term in months; or say that amounts are no whole term's with --amount-per month.",
    ),
    "value-unending": (
        "A contract's whole value without an end or a term by which it could be divided",
        "Fill in its end, or its term in months.",
    ),
    "term-passed": (
        "Rows are active of which the term has passed",
        "Let each end with its term by --end term, or take them as still active with --end none.",
    ),
    "starts-only": (
        "Several rows of a customer begin one after another and none ends",
        "Let each end where the customer's next one begins with --end next, or add them up with --end none.",
    ),
    "rolling-sums": (
        "The amounts are sums over several periods, by their header or a title",
        "Name amounts of one period with --amount, or take them as they are with --rows-are levels.",
    ),
    "ends-differ": ("Two columns of ends differ", "Name one with --end."),
    "amount-covers": (
        "An amount beside a term or an end may be that of a month, of a year or of the whole term",
        "Say which with --amount-per month, or --amount-per year, or --amount-per term.",
    ),
    "period-unread": (
        "A column of amounts among the periods has a header that names none",
        "Write the period as YYYY-MM, or leave such columns out with --accept-errors.",
    ),
    "period-twice": (
        "Two columns hold the same period",
        "Remove one of the two, or take the first one with --accept-errors.",
    ),
    "months-only": ("Months are named without their year", "Write them as YYYY-MM, or add a column of years."),
    "currency-missing": ("An amount without a currency among several", "Fill in the currency."),
    "values-unclear": (
        "A column's values say that some rows may be no revenue",
        "Say which count with --only COLUMN=VALUE or --exclude COLUMN=VALUE.",
    ),
    "sheets-alike": (
        "Several sheets of one kind tell of the same customers",
        "Read one with --sheet, or stack them with --sheets all.",
    ),
    "tables-beside": ("Several tables stand side by side", "Read one with --range."),
    "scale-unclear": ("Titles give two scales for the amounts", "Say which with --scale."),
    "invoices": (
        "The amounts look like invoices that pay for more than a month",
        "Spread them with --spread cadence, or count each in its month with --spread no.",
    ),
    "amounts-rare": (
        "Most amounts stand alone, their customer has none in the months around them, as of bookings or orders",
        "Let each go on from its date with --start, or count each in its month with --spread no.",
    ),
    "snapshots": (
        "Each period holds several snapshots of the same customers",
        "Take the last of each period with --rows-are snapshots, or add them up with --rows-are levels.",
    ),
    "changes": (
        "The amounts look like changes of a level",
        "Add them up to levels with --rows-are changes, or take them as they are with --rows-are levels.",
    ),
    "year-to-date": (
        "The amounts look like sums since the start of the year",
        "Take their differences with --rows-are ytd, or take them as they are with --rows-are levels.",
    ),
    "sides-unclear": (
        "Amounts stand on two sides, debit and credit, and either may be revenue",
        "Say which with --amount.",
    ),
    "rows-twice": (
        "Exactly the same as an earlier row",
        "Leave the later ones out with --drop-rows twice, or count them with --keep-rows twice.",
    ),
    "second-table": (
        "The same customers and periods stand once more under the header repeated",
        "Read one of the tables with --range, or leave rows out with --drop-rows.",
    ),
    "date-outside": ("The date lies before 1950 or more than 20 years ahead", "Correct it."),
    "amounts-negative": (
        "Nearly all amounts are below 0, as on the credit side of a ledger",
        "Turn their sign with --scale -1, or take them as they are with --scale 1.",
    ),
    "total-unproven": (
        "Called a total or a measure, but no sum of rows proves it",
        "Leave it out with --drop-rows, or count it as a customer with --keep-rows.",
    ),
    "end-perhaps": (
        "A column of later dates without a part may say when the rows end",
        "Name both with --start and --end, or take each amount at its date with --rows-are levels.",
    ),
    "line-repeated": (
        "One name returns under many others, as a line of each customer does",
        "Leave the rows out with --drop-rows, or count them as one customer with --keep-rows.",
    ),
    "amounts-counted": (
        "The amounts are called a count or an average",
        "Show sums in the pivot instead, or take them as amounts with --rows-are levels.",
    ),
    "title-no-revenue": (
        "A title or the sheet's name says that the amounts are no revenue",
        "Read another sheet with --sheet, or take them as amounts with --rows-are levels.",
    ),
    "amounts-shares": (
        "The amounts of each period add up to a whole, 1 or 100, so they look like shares",
        "Give the amounts themselves, or take these as amounts with --rows-are levels.",
    ),
    "statement-rows": (
        "The rows are lines of a profit and loss statement, not customers",
        "Read another sheet with --sheet, or count the rows with --keep-rows.",
    ),
    "measure-unclear": ("Several columns may be the amount", "Say which one is the amount with --amount."),
    "quote-swallows": (
        "A text in quotation marks takes in what looks like further cells or rows",
        "Remove the stray mark, or read the marks as plain characters with --no-quotes.",
    ),
    "row-long": (
        "A row with more cells than the others",
        "Enclose the text that holds the delimiter in quotation marks, or remove the surplus cell.",
    ),
    "currency-mixed": (
        "Several currencies and no exchange rates",
        "Give a rates table with --rates, or take all amounts as one currency with --no-currency.",
    ),
    "rate-missing": ("The rates table has no rate", "Add it to the rates table."),
}
