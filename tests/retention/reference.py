"""A second hand: every number again, slowly, by loops over plain lists and dicts, sharing no code with the package.

Books are ``{customer: [amount, ...]}``; undefined is None.
"""

from __future__ import annotations


def divided(numerator, denominator):
    return numerator / denominator if denominator else None


def kind(amounts, o, c):
    """What happened to one customer between two periods."""
    before, after = amounts[o], amounts[c]
    if before > 0 and after > before:
        return "expansion"
    if before > 0 and after == 0:
        return "churn"
    if before > 0 and after < before:
        return "contraction"
    if before == 0 and after > 0:
        return "reactivation" if any(amount > 0 for amount in amounts[: o + 1]) else "new"
    return "same"


def bridge(book, o, c):
    lines = dict.fromkeys(("opening", "new", "reactivation", "expansion", "contraction", "churn", "closing"), 0.0)
    counts = dict.fromkeys(
        ("openers", "retained", "newcomers", "reactivated", "expanded", "contracted", "churned", "closers"), 0
    )
    named = {
        "new": "newcomers",
        "reactivation": "reactivated",
        "expansion": "expanded",
        "contraction": "contracted",
        "churn": "churned",
    }
    for amounts in book.values():
        lines["opening"] += amounts[o]
        lines["closing"] += amounts[c]
        counts["openers"] += amounts[o] > 0
        counts["closers"] += amounts[c] > 0
        counts["retained"] += amounts[o] > 0 and amounts[c] > 0
        what = kind(amounts, o, c)
        if what != "same":
            lines[what] += abs(amounts[c] - amounts[o])
            counts[named[what]] += 1
    gained = lines["new"] + lines["reactivation"] + lines["expansion"]
    lost = lines["contraction"] + lines["churn"]
    rates = {
        "nrr": divided(sum(a[c] for a in book.values() if a[o] > 0), lines["opening"]),
        "grr": divided(sum(min(a[o], a[c]) for a in book.values()), lines["opening"]),
        "logo_retention": divided(counts["retained"], counts["openers"]),
        "expansion_rate": divided(lines["expansion"], lines["opening"]),
        "contraction_rate": divided(lines["contraction"], lines["opening"]),
        "churn_rate": divided(lines["churn"], lines["opening"]),
        "quick_ratio": divided(gained, lost),
    }
    return {**lines, **counts, **rates}


def period_ends(months, last, step, fiscal_year_end):
    """Positions whose month closes a period of `step` months, and the last position."""
    ends = []
    for position, month in enumerate(months[: last + 1]):
        calendar = month % 12 + 1
        closes = (calendar - fiscal_year_end) % step == 0
        if closes or position == last:
            ends.append(position)
    return ends


def method(key, book, c, months, step, annualise_from="closing"):
    """(numerator, denominator, rate) of a method; None where the rows do not reach or the rate is undefined."""
    back = months // step
    o = c - back
    people = list(book.values())

    def step_rate(s, members=people):
        opening = sum(a[s - 1] for a in members)
        return divided(sum(a[s] for a in members if a[s - 1] > 0), opening)

    if key in ("summed_flows", "closed_cohort_flows", "point_to_point", "compounded", "survivors_only") and o < 0:
        return None
    if key == "point_to_point":
        numerator = sum(a[c] for a in people if a[o] > 0)
        denominator = sum(a[o] for a in people)
    elif key in ("summed_flows", "closed_cohort_flows"):
        denominator = sum(a[o] for a in people)
        numerator = denominator
        for a in people:
            closed = key == "closed_cohort_flows"
            if closed and a[o] == 0:
                continue
            for s in range(o + 1, c + 1):
                what = kind(a, s - 1, s)
                if what in ("expansion", "contraction", "churn") or (closed and what == "reactivation"):
                    numerator += a[s] - a[s - 1]
    elif key == "compounded":
        denominator = sum(a[o] for a in people)
        rate = 1.0
        for s in range(o + 1, c + 1):
            one = step_rate(s)
            if one is None:
                return None
            rate *= one
        numerator = denominator * rate
    elif key == "annualised":
        if c < 1 or (annualise_from == "window" and o < 0):
            return None
        one = step_rate(c)
        if annualise_from == "window":
            base = sum(a[s] for a in people for s in range(o, c))
            one = divided(sum(a[s + 1] for a in people for s in range(o, c) if a[s] > 0), base)
        if one is None:
            return None
        denominator = sum(a[max(o, c - 1) if o < 0 else o] for a in people)
        numerator = denominator * one ** (12 / step)
    elif key == "trailing_average":
        count = 12 // step
        if c - count + 1 - back < 0:
            return None
        numerator = denominator = 0.0
        for end in range(c - count + 1, c + 1):
            numerator += sum(a[end] for a in people if a[end - back] > 0)
            denominator += sum(a[end - back] for a in people)
    elif key == "quarter_cohort":
        if step > 3 or o - 3 // step + 1 < 0:
            return None
        numerator = denominator = 0.0
        for a in people:
            earlier = sum(a[o - k] for k in range(3 // step))
            if earlier > 0:
                denominator += earlier
                numerator += sum(a[c - k] for k in range(3 // step))
    elif key == "two_year_cohort":
        first = c - 2 * back + 1
        if first < 0:
            return None
        numerator = denominator = 0.0
        for a in people:
            if a[first] > 0:
                denominator += sum(a[first : first + back])
                numerator += sum(a[first + back : c + 1])
    elif key == "survivors_only":
        both = [a for a in people if a[o] > 0 and a[c] > 0]
        numerator, denominator = sum(a[c] for a in both), sum(a[o] for a in both)
    elif key == "acquisition_cohort":
        if o < 0:
            return None
        numerator = denominator = 0.0
        for a in people:
            first = next((s for s, amount in enumerate(a) if amount > 0), None)
            if first is not None and first + back <= c:
                denominator += a[first]
                numerator += a[first + back]
    if not denominator:
        return None
    return numerator, denominator, numerator / denominator


def cohorts(book, ends, measure):
    """{position of the cohort in ends: [total at age 0, 1, ...]} up to the last end; -1: there from the first on."""
    table = {}
    for amounts in book.values():
        first = next((s for s, amount in enumerate(amounts[: ends[-1] + 1]) if amount > 0), None)
        if first is None:
            continue
        cohort = next(k for k, end in enumerate(ends) if end >= first) if first else -1
        shown = ends[max(cohort, 0) :]
        row = table.setdefault(cohort, [0.0] * len(shown))
        for age, end in enumerate(shown):
            row[age] += amounts[end] if measure == "revenue" else (amounts[end] > 0)
    return table


def segment(book, label_of, o, c):
    """{value: bridge}: a customer counts at its label at the opening, one that arrives at that at the closing."""
    values = {label for labels in label_of.values() for label in labels if label is not None}
    found = {}
    for value in values:
        members = {
            name: amounts for name, amounts in book.items() if label_of[name][o if amounts[o] > 0 else c] == value
        }
        line = bridge(members, o, c)
        if line["opening"] or line["closing"]:
            found[value] = line
    return found


def mix_and_rate(before, now):
    """{value: (mix, rate)} of two windows' segment tables."""
    totals = [sum(line["opening"] for line in table.values()) for table in (before, now)]
    if not all(totals):
        return None
    total = sum((line["nrr"] or 0.0) * line["opening"] for line in before.values()) / totals[0]
    found = {}
    for value in {*before, *now}:
        w0 = before[value]["opening"] / totals[0] if value in before else 0.0
        w1 = now[value]["opening"] / totals[1] if value in now else 0.0
        if not w0 and not w1:
            continue
        r0 = before[value]["nrr"] if w0 else total
        r1 = now[value]["nrr"] if w1 else r0
        found[value] = ((w1 - w0) * (r0 - total), w1 * (r1 - r0))
    return found


def sized(book, edges, o, c):
    """{band number: customers}: how many upper limits the opening (else the closing) amount is above."""
    found = {}
    for name, amounts in book.items():
        size = amounts[o] or amounts[c]
        if size > 0:
            found.setdefault(sum(size > edge for edge in edges), set()).add(name)
    return found


def risk(book, o, c, periods, drop):
    """{customer: (amount, falls in a row, peak)} of the accounts at risk."""
    found = {}
    for name, amounts in book.items():
        falls = 0
        while c - falls > 0 and amounts[c - falls] < amounts[c - falls - 1]:
            falls += 1
        peak = max(amounts[o : c + 1])
        if amounts[c] > 0 and (falls >= periods or (peak - amounts[c]) / peak > drop):
            found[name] = (amounts[c], falls, peak)
    return found


def filled(book, longest):
    """The book with every gap of at most `longest` periods filled with the amount before it."""
    result = {}
    for name, amounts in book.items():
        row = list(amounts)
        position = 0
        while position < len(row):
            if row[position] > 0 or not any(row[:position]):
                position += 1
                continue
            end = position
            while end < len(row) and row[end] == 0:
                end += 1
            if end < len(row) and end - position <= longest:
                row[position:end] = [row[position - 1]] * (end - position)
            position = end
        result[name] = row
    return result
