"""The workbook of a comparison: changes by cause, as formulas over a filterable sheet of every changed customer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from nrr_xl.files import AnyPath, refuse_ending, written_whole
from nrr_xl.metrics import left_of
from nrr_xl.retention.compare import CAUSES, Comparison
from nrr_xl.retention.lines import CORKSCREW
from nrr_xl.workbook import formulas as fx
from nrr_xl.workbook.book import Book
from nrr_xl.workbook.compared import CHECK_ROW, SIDES, WIDTH, WORDS, ChangesWriter
from nrr_xl.workbook.frame import MONEY
from nrr_xl.workbook.texts import texts
from nrr_xl.workbook.theme import Theme, load_theme


def write_comparison(found: Comparison, path: AnyPath, *, overwrite: bool = False, theme: Theme | None = None) -> Path:
    """Write the workbook of a comparison; the file appears whole or not at all.

    Raises OutputError if the file exists, its ending is not .xlsx, its folder is missing, or it is open in Excel.
    """
    refuse_ending(path)
    with written_whole(path, overwrite) as beside:
        book = Book(str(beside), theme or load_theme(), WORDS["sheet"])
        front, changes = book.page(WORDS["sheet"]), book.page(WORDS["changes"])
        writer = _Writer(found, book, front, changes)
        writer.write_changes()
        writer.write_front()
        book.close()
    return Path(path)


class _Writer(ChangesWriter):
    """Both sheets: the front one's formulas stand over the changes."""

    def write_front(self) -> None:
        """Both sides, the rates, the causes, the bridge, the segments, the renames and the checks."""
        found, page = self.found, self.front
        page.put(0, 0, WORDS["title"].format(old=found.old.name, new=found.new.name), "title")
        page.sheet.set_row(0, 28)
        page.put(1, 0, WORDS["subtitle"], "subtitle")
        row = CHECK_ROW + 2
        if found.notes:
            page.put(row, 0, WORDS["read_first"], "section")
            page.column(row + 1, 0, found.notes, "strong")
            row += len(found.notes) + 2
        row = self._sides(row + 1)
        row = self._causes(row + 1)
        row = self._bridge(row + 1)
        for name in self.names:
            row = self._segment(name, row + 1)
        row = self._renames(row + 1)
        self._checks(row + 1)
        page.columns(34, *[16] * (WIDTH + 2))
        page.sheet.freeze_panes(CHECK_ROW + 1, 0)
        page.print_setup("")
        page.sheet.activate()

    def _heads(self, row: int, left: str, heads: Sequence[str]) -> None:
        self.front.put(row, 0, left, "header_left")
        self.front.row(row, 1, heads, "header")
        self.front.sheet.set_row(row, 30)

    def _sides(self, row: int) -> int:
        """Sources and windows, the totals (old as read, new as the changes make them), and the rates."""
        found, page = self.found, self.front
        self._heads(row, "", [WORDS["old"], WORDS["new"], WORDS["change"]])
        page.put(row + 1, 0, WORDS["source"], "label")
        page.put(row + 2, 0, texts()["lines"]["opening"], "label")
        page.put(row + 3, 0, texts()["lines"]["closing"], "label")
        page.put(row + 4, 0, WORDS["customers"], "label")
        for col, side in enumerate((found.old, found.new), 1):
            span = side.span
            page.put(row + 1, col, side.name, "label_right")
            page.put(row + 2, col, side.label(span.opening), "label_right")
            page.put(row + 3, col, side.label(span.closing), "label_right")
            page.put(row + 4, col, float(len(side.cube.customers)), "formula", "count")
        opening = WORDS["opening_total"]
        names = {"opening": opening, "retained": WORDS["retained_total"], "kept": WORDS["kept_total"]}
        totals = self._totals()
        for key, label in names.items():
            place, col = self.places[f"{key}_old"]
            page.put(place, 0, label[0].upper() + label[1:], "label")
            old, new = totals[key]
            page.put(place, col, old, "formula", "cents")
            formula = f"{fx.cell(place, col)}+{self._moved(key)}"
            page.formula(place, col + 1, f"={formula}", new, "formula", "cents")
            page.formula(place, col + 2, f"={fx.cell(place, 2)}-{fx.cell(place, 1)}", new - old, "formula", "cents")
            self.checks.append((WORDS["as_read"].format(what=label.lower()), f"{fx.cell(place, 2)}-{new!r}"))
        for rate, top in (("nrr", "retained"), ("grr", "kept")):
            place, _ = self.places[f"{rate}_old"]
            page.put(place, 0, texts()["rates"][rate], "label_total")
            for which, value in zip(SIDES, found.rates[rate], strict=True):
                formula = fx.or_dash(f"{self.at(f'{top}_{which}')}/{self.at(f'opening_{which}')}")
                page.formula(*self.places[f"{rate}_{which}"], formula, value, "total", "rate")
            change = found.rates[rate][1] - found.rates[rate][0]
            formula = fx.or_dash(f"100*({fx.cell(place, 2)}-{fx.cell(place, 1)})")
            page.formula(place, 3, formula, 100 * change, "total", "plain_points")
        return self.places["grr_old"][0] + 1

    def _totals(self) -> dict[str, tuple[float, float]]:
        """The opening, retained and kept amounts of both sides."""
        lines = self.found.lines.set_index("line")
        found = {}
        for side in SIDES:
            at = lines[side]
            opening, lost = at["opening"], (at["contraction"], at["churn"])
            kept, retained = left_of(opening, *lost), left_of(opening, *lost, at["expansion"])
            found[side] = {"opening": opening, "kept": kept, "retained": retained}
        return {key: (float(found["old"][key]), float(found["new"][key])) for key in found["old"]}

    def _moved(self, key: str, cause: str = "") -> str:
        """The change of a total over all rows or those of a cause."""
        mine = f"({self.column('cause')}={cause})*" if cause else ""
        o0, c0, o1, c1 = (
            self.column(f"{part}_{side}") for side in ("before", "after") for part in ("opening", "closing")
        )
        before, after = {
            "opening": (o0, o1),
            "closing": (c0, c1),
            "retained": (f"({o0}>0)*{c0}", f"({o1}>0)*{c1}"),
            "kept": (f"(({o0}<{c0})*{o0}+({o0}>={c0})*{c0})", f"(({o1}<{c1})*{o1}+({o1}>={c1})*{c1})"),
        }[key]
        return f"SUMPRODUCT({mine}({after}-{before}))"

    def _causes(self, row: int) -> int:
        found, page = self.found, self.front
        points = [WORDS["points"].format(rate=texts()["rates"][rate]) for rate in ("nrr", "grr")]
        self._heads(row, WORDS["by_cause"], [*points, WORDS["changed"], WORDS["opening"], WORDS["retained"]])
        page.put(row, 6, WORDS["meaning"], "header_note")
        first = row + 1
        for record in found.causes.to_dict("records"):
            row += 1
            cause = record["cause"]
            page.put(row, 0, texts()["compare_causes"][cause], "label_indent")
            here = fx.cell(row, 0, "col")
            for col, rate in ((1, "nrr"), (2, "grr")):
                # The points of customers are undefined where the rate's change is; those of no customer are 0.
                change = fx.cell(self.places[f"{rate}_old"][0], 3, "row col")
                points_of = f"SUMIF({self.column('cause')},{here},{self.column(rate)})"
                formula = f"=IF(AND(ISTEXT({change}),{fx.cell(row, 3, 'col')}>0),{fx.DASH},{points_of})"
                page.formula(row, col, formula, 100 * record[rate], "formula", "plain_points")
            formula = f"=COUNTIF({self.column('cause')},{here})"
            page.formula(row, 3, formula, float(record["customers"]), "formula", "count")
            for col, key in ((4, "opening"), (5, "retained")):
                page.formula(row, col, f"={self._moved(key, here)}", record[key], "formula", "cents")
            page.put(row, 6, texts()["compare_meanings"][cause], "note_indent")
        row += 1
        page.put(row, 0, WORDS["all"], "label_total")
        kinds = {
            "nrr": "plain_points",
            "grr": "plain_points",
            "customers": "count",
            "opening": "cents",
            "retained": "cents",
        }
        for col, (key, kind) in enumerate(kinds.items(), 1):
            value = float(found.causes[key].to_numpy().sum()) * (100 if kind == "plain_points" else 1)
            area = f"{fx.cell(first, col)}:{fx.cell(row - 1, col)}"
            page.formula(row, col, f"=IF(COUNT({area})<ROWS({area}),{fx.DASH},SUM({area}))", value, "total", kind)
        for col, key in ((1, "nrr"), (2, "grr")):
            gap = (
                f"({fx.cell(row, col)}/100-({self.at(f'{key}_new')}-{self.at(f'{key}_old')}))*{self.at('opening_new')}"
            )
            self.checks.append((WORDS["adds_up"].format(what=texts()["rates"][key]), f"IFERROR({gap},0)"))
        return row + 1

    def _bridge(self, row: int) -> int:
        found, page = self.found, self.front
        unit = ", ".join(part for part in (found.new.cube.unit, found.new.cube.currency) if part)
        causes = [texts()["compare_causes"][cause] for cause in CAUSES]
        self._heads(row, WORDS["bridge"].format(unit=unit), [WORDS["old"], *causes, WORDS["new"]])
        head, movements = row, texts()["movements"]
        for record in found.lines.to_dict("records"):
            row += 1
            line, whole = record["line"], record["line"] in ("opening", "closing")
            sign = -1 if line in ("contraction", "churn") else 1
            page.put(row, 0, texts()["lines"][line], "label_total" if whole else "label_indent")
            role = "total" if whole else "formula"
            page.put(row, 1, sign * record["old"], role, "cents")
            for col, cause in enumerate(CAUSES, 2):
                here = fx.cell(head, col, "row")
                formula = self._moved(line, here) if whole else self._line(movements[line], here)
                page.formula(row, col, f"={formula}", sign * record[cause], role, "cents")
            last = 1 + len(CAUSES)
            total = f"=SUM({fx.cell(row, 1)}:{fx.cell(row, last)})"
            page.formula(row, last + 1, total, sign * record["new"], role, "cents")
            name = WORDS["as_read"].format(what=texts()["lines"][line].lower())
            self.checks.append((name, f"{fx.cell(row, last + 1)}-{sign * record['new']!r}"))
        foots = [
            f"SUM({fx.cell(row - len(CORKSCREW) + 1, c)}:{fx.cell(row - 1, c)})-{fx.cell(row, c)}"
            for c in (1, last + 1)
        ]
        self.checks += [
            (f"{texts()['bridge_rows']['foots']}: {WORDS[s]}", f) for s, f in zip(SIDES, foots, strict=True)
        ]
        return row + 1

    def _line(self, movement: str, cause: str) -> str:
        """The change of a line of the bridge by a cause, losses negative."""
        parts = [
            f'({self.column(f"movement_{side}")}="{movement}")*({self.column(f"closing_{side}")}'
            f"-{self.column(f'opening_{side}')})"
            for side in ("after", "before")
        ]
        return f"SUMPRODUCT(({self.column('cause')}={cause})*({parts[0]}-{parts[1]}))"

    def _segment(self, name: str, row: int) -> int:
        """NRR of each value in both readings, and the points of each cause as formulas over the changes."""
        frame, page = self.found.segments[name], self.front
        causes = [texts()["compare_causes"][cause] for cause in CAUSES]
        heads = [f"NRR, {WORDS['old'].lower()}", *causes, f"NRR, {WORDS['new'].lower()}"]
        lines = texts()["lines"]
        heads += [f"{lines['opening']}, {WORDS[side].lower()}" for side in SIDES]
        self._heads(row, WORDS["by_segment"].format(segment=name), heads)
        head, last = row, 1 + len(CAUSES)
        for record in frame.to_dict("records"):
            row += 1
            page.put(row, 0, record["value"], "label_indent")
            page.put(row, 1, record["nrr_old"], "rate", "rate")
            here, base, now = fx.cell(row, 0, "col"), fx.cell(row, 1, "col"), fx.cell(row, last + 3, "col")
            for col, cause in enumerate(CAUSES, 2):
                of = f"({self.column('cause')}={fx.cell(head, col, 'row')})"
                sums = []
                for side in ("after", "before"):
                    o, c = self.column(f"opening_{side}"), self.column(f"closing_{side}")
                    mine = f"{of}*EXACT({self.column(f'{name}_{side}')},{here})"
                    sums.append(f"SUMPRODUCT({mine}*(({o}>0)*{c}-{base}*{o}))")
                formula = fx.or_dash(f"100*({sums[0]}-{sums[1]})/{now}")
                page.formula(row, col, formula, 100 * record[cause], "formula", "plain_points")
            # The points are all undefined or none is.
            total = fx.or_dash(f"{base}+{fx.cell(row, 2)}/100+SUM({fx.cell(row, 3)}:{fx.cell(row, last)})/100")
            page.formula(row, last + 1, total, _total(record), "rate", "rate")
            page.put(row, last + 2, record["opening_old"], "formula", "cents")
            page.put(row, last + 3, record["opening_new"], "formula", "cents")
            if record["nrr_old"] == record["nrr_old"] and record["nrr_new"] == record["nrr_new"]:
                text = WORDS["adds_up"].format(what=f"NRR, {name}: {record['value']}")
                self.checks.append((text, f"({fx.cell(row, last + 1)}-{record['nrr_new']!r})*{now}"))
        return row + 1

    def _renames(self, row: int) -> int:
        if not self.found.renamed:
            return row - 1
        page = self.front
        self._heads(row, WORDS["renames"], [])
        page.put(row, 0, WORDS["from"], "header_left")
        page.put(row, 1, WORDS["to"], "header_left")
        page.put(row, 4, WORDS["reason"], "header_left")
        for rename in self.found.renamed:
            row += 1
            page.put(row, 0, rename.name, "label_indent")
            page.put(row, 1, rename.to, "label")
            page.put(row, 4, rename.reason, "label")
        return row + 1

    def _checks(self, row: int) -> None:
        """Each check as a formula, and their count at the top."""
        page = self.front
        page.put(row, 0, WORDS["checks"], "section")
        first = row + 1
        for text, formula in self.checks:
            row += 1
            page.put(row, 0, text, "note")
            page.formula(row, 1, f"={formula}", 0.0, "working", "difference")
        area = fx.block(first, 1, row, 1)
        failing = f"SUMPRODUCT(--(ABS({area})>{MONEY}))"
        words = {key: WORDS[key] for key in ("passed", "failed")}
        state = f'=IFERROR(IF({failing}=0,"{words["passed"]}","{words["failed"]}"),"{words["failed"]}")'
        page.formula(CHECK_ROW, 0, state, words["passed"], "text", "general")
        for text, look in ((words["passed"], "good"), (words["failed"], "bad")):
            rule = {"type": "cell", "criteria": "==", "value": f'"{text}"', "format": self.book.condition(look)}
            page.sheet.conditional_format(CHECK_ROW, 0, CHECK_ROW, 0, rule)


def _total(record: dict[str, float]) -> float:
    return record["nrr_old"] + sum(record[cause] for cause in CAUSES)
