"""Every doubt that a reading can raise, by code: how grave it is, what it says, what was or should be done."""

from __future__ import annotations

from nrr_xl.errors import Severity
from nrr_xl.records import struct
from nrr_xl.revenue.refused import ERRORS


@struct()
class Code:
    """A kind of problem: how grave it is, what it says, and what was or should be done."""

    severity: Severity
    message: str
    action: str = ""


_TOLD: dict[str, Code] = {
    "total-row": Code("warning", "A total row: it equals the rows it sums", "Left out."),
    "measure-row": Code("warning", "A row below the customers that measures them and is none", "Left out."),
    "product-row": Code("warning", "A product or a part below its customer, which counts it already", "Left out."),
    "parent-row": Code(
        "warning", "A parent's row that equals the sum of its children in every period", "Left out: they count."
    ),
    "amount-ended": Code(
        "warning", "A word in place of an amount says that the customer had left or had not begun", "Counted as 0."
    ),
    "period-copied": Code("warning", "A column holds a period once more, with the same amounts", "Left out."),
    "decimal-both": Code(
        "warning", "Amounts are written with a decimal point and with a decimal comma", "Read each by its own sign."
    ),
    "discount-beside": Code(
        "warning",
        "Discounts stand beside the amounts",
        "Not taken off: name a column of net amounts with --amount, if there is one.",
    ),
    "credit-side": Code("warning", "Amounts are marked CR, the side of revenue", "Taken as positive amounts."),
    "total-unlabelled": Code("warning", "A row without a customer that equals the sum of the rows above", "Left out."),
    "total-like-name": Code("info", "A customer whose name sounds like a total or a measure", "Kept as a customer."),
    "customer-spelling": Code("info", "Spelt in several ways that differ in case or white space only", "Joined."),
    "row-without-amount": Code("info", "A row without an amount", "Left out."),
    "column-guessed": Code(
        "warning", "A column's part was guessed from what it holds", "Name it by an option if it is wrong."
    ),
    "other-sheet": Code("warning", "Another sheet also looks like revenue rows", "Not read: choose it with --sheet."),
    "date-order-taken": Code(
        "warning", "Dates that could be read day first or month first", "Read as the table shows."
    ),
    "values-decided": Code("warning", "A column's values say that some rows are no revenue", "Left out."),
    "rows-excluded": Code("info", "Rows left out by --only or --exclude", "Left out."),
    "credit-sign": Code("warning", "Credits with a positive sign", "Taken as negative amounts."),
    "amounts-scaled": Code("warning", "The amounts are in thousands or millions", "Multiplied."),
    "invoices-spread": Code("warning", "Invoices spread over the months that they pay for", "Spread."),
    "snapshots-last": Code("warning", "Several snapshots a period", "The last one of each period counts."),
    "changes-summed": Code("warning", "The amounts are changes of a level", "Added up to the level of each period."),
    "title-unlike": Code(
        "warning", "A title or the sheet's name says that the amounts may be no revenue", "Taken as they are."
    ),
    "ytd-differences": Code("warning", "The amounts are sums since the start of the year", "Their differences count."),
    "names-of-id": Code("warning", "Customers told apart by their id and not by their name", "Keyed by the id."),
    "filled-down": Code("warning", "Blank customers under a name", "Taken as the customer above."),
    "sheets-stacked": Code("warning", "Several sheets of one kind", "Stacked."),
    "forecast-column": Code("warning", "A column of planned amounts", "Left out."),
    "currency-header": Code(
        "warning",
        "The amount's header names its currency",
        "The currency column says what was paid in, and is not used.",
    ),
    "ends-by-term": Code(
        "warning",
        "No column says when rows end, so each one ends with its term",
        "--end none takes them as still active.",
    ),
    "date-epoch": Code(
        "warning", "Times are written as seconds or milliseconds since 1970", "Read as days of the time zone UTC."
    ),
    "quarters-taken": Code("warning", "Years with a number from 1 to 4", "Taken as quarters, not months."),
    "side-taken-off": Code(
        "warning", "Amounts stand on two sides, debit and credit", "Those of the smaller side are taken off."
    ),
    "refunds-taken-off": Code("warning", "Parts of the amounts were paid back", "Taken off."),
    "price-of-unit": Code("warning", "Prices of a unit, and no column of amounts", "Multiplied by the quantities."),
    "term-years": Code("warning", "Terms without a unit, none above 5", "Taken as years."),
    "many-as-one": Code(
        "warning",
        "A row stands for many customers: who came and who left net each other in it",
        "Counted as one customer: the rows of each one give the true rates.",
    ),
    "all-ended": Code(
        "warning", "Every subscription has ended", "The last period is the last one in which one was active."
    ),
    "parent-column": Code(
        "warning",
        "A column of parents stands beside the customers",
        "Counted by customer: name the parents with --customer.",
    ),
    "amount-rival": Code(
        "warning", "Another column may be the amount as well", "Not used: name the right one with --amount."
    ),
    "amount-per": Code(
        "warning",
        "What the amount covers is not said",
        "Taken as an amount per month: say otherwise with --amount-per.",
    ),
    "interval-divided": Code(
        "warning",
        "Amounts were divided by the months of their billing interval",
        "Where they are monthly already, say so with --amount-per month.",
    ),
    "term-divided": Code(
        "warning",
        "Amounts were divided by the months of their term",
        "Where they are no whole term's, say so with --amount-per month, or --amount-per year.",
    ),
    "dates-swapped": Code(
        "warning", "A spreadsheet of another country exchanged day and month of dates", "Exchanged again."
    ),
    "lines-above": Code(
        "warning", "Customers or periods stand as lines above their rows", "Taken as a column of their own."
    ),
    "column-beside": Code("warning", "A column of numbers of a period beside another one that is read", "Not used."),
    "measure-chosen": Code("warning", "Several columns may be the amount", "The one that is revenue is read."),
    "over-products": Code("warning", "Periods stand over products in two header rows", "Each product's rows are read."),
    "table-turned": Code("warning", "Customers stand in columns", "Turned on its side."),
    "negative-amount": Code("warning", "A negative amount", "Netted within its customer and period."),
    "duplicate-row": Code("warning", "Exactly the same as an earlier row", "Kept: remove it if it is no second sale."),
    "currency-blank": Code("warning", "Amounts without a currency"),
    "period-missing": Code("warning", "No amounts in periods between the first and the last", "Counted as 0."),
    "period-incomplete": Code(
        "warning", "The last period looks unfinished", "Kept: if it is, close the window earlier with --as-of."
    ),
    "period-future": Code(
        "warning", "Periods that have not begun", "Kept: if they are forecast, close the window earlier with --as-of."
    ),
    "column-left-out": Code(
        "warning", "A column of totals or of longer periods that equals no sum of the others", "Left out."
    ),
    "other-table": Code(
        "warning", "Another table of revenue rows on the same sheet", "Left out: move it to a sheet of its own."
    ),
    "never-active": Code("warning", "A subscription that is active in no period", "Left out."),
    "name-similar": Code(
        "info", "Two customers that may be one", "Kept apart: put them in a customer map if they are the same."
    ),
    "take-over": Code(
        "info",
        "A customer that may have gone on under another name",
        "Kept apart: put them in a customer map if they are the same.",
    ),
    "map-applied": Code("info", "Customers were joined by the customer map"),
    "map-unused": Code("info", "A customer of the map that has no amount", "Nothing to do."),
    "map-without-effect": Code("warning", "The customer map joins no customer of the rows", "Check its names."),
    "rates-applied": Code("info", "Amounts were converted by the exchange rates"),
    "rate-held": Code(
        "warning",
        "A rate is used for longer than the table's rates lie apart",
        "Add the later rates to the table, if there are any.",
    ),
    "rates-without-effect": Code(
        "warning",
        "The exchange rates were not used",
        "Name the column of currencies with --currency, or drop the rates.",
    ),
    "status-not-paying": Code("info", "Subscriptions with a status that brings no revenue", "Left out."),
    "decimal-decided": Code(
        "info", "Amounts that could be read with a decimal point or a comma", "Read as the rest of the column shows."
    ),
    "date-order-decided": Code(
        "info", "Dates that could be read day first or month first", "Read as the rest of the column shows."
    ),
    "open-reach": Code("info", "Subscriptions without an end", "Taken as active up to this month."),
    "export-known": Code("info", "An export known by its headers"),
    "total-column": Code("info", "A column of totals: it equals the columns it sums", "Left out."),
    "period-spacing": Code("info", "Periods always a quarter or a year apart"),
    "amount-divided": Code("info", "Amounts were divided by the months that their header names"),
    "zero-amount": Code("info", "Amounts of 0", "Counted as 0, as blanks are."),
    "encoding-guessed": Code(
        "warning", "The text is not UTF-8", "Name its encoding with --encoding if names look wrong."
    ),
    "quote-stray": Code(
        "warning",
        "A quotation mark that neither opens nor closes a text",
        "Kept as a part of the text: remove it if it is stray.",
    ),
    "row-short": Code(
        "warning",
        "A row with fewer cells than the others",
        "Read as blank at its end: add the delimiter that is missing.",
    ),
    "text-cut": Code(
        "warning",
        "The text ends in the midst of a row",
        "Read as it stands: if the file was cut off, fetch the whole of it.",
    ),
    "merged-cells": Code("info", "Merged cells", "Filled down with their value."),
    "repeated-header": Code("info", "The header row once more", "Left out."),
    "hidden-rows": Code("warning", "Hidden rows", "Read like all others."),
    "hidden-columns": Code("warning", "A hidden column", "Read like all others."),
    "terms-overlap": Code(
        "warning", "Terms of a customer begin before its last one ends", "Both count where they overlap."
    ),
    "title-planned": Code(
        "warning", "A title says up to when amounts are actual, and later periods follow", "Taken as they are."
    ),
    "hidden-sheet": Code("warning", "The sheet is hidden", "Read since no other holds revenue rows."),
    "column-unused": Code("info", "A column of numbers with no part in the calculation", "Not used."),
    "one-time": Code("info", "One-time revenue", "Left out."),
    "negative-net": Code("warning", "A customer's net amount in a period is below 0", "Counts as 0 for retention."),
    "hairs-equal": Code(
        "info",
        "A customer's amounts that differ by less than half of the smallest unit of money",
        "Counted as the earliest of them, or as nothing.",
    ),
    "gap-filled": Code("info", "A gap within the grace", "Filled with the last amount before it."),
}

# Errors are refused, unless --accept-errors leaves out what they are about; the others are told and read on.
CODES: dict[str, Code] = {code: Code("error", *said) for code, said in ERRORS.items()} | _TOLD
