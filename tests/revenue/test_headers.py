"""Headers in ten languages find their part with a decoy beside them, and decoys find none."""

import tomllib
from pathlib import Path

import pytest

from nrr_xl.revenue.files.grid import grid_of_columns
from nrr_xl.revenue.table.headers import role_ranks
from nrr_xl.revenue.table.layout import find_table

HEADERS = {
    "customer": """Customer|Client|Account|Company|Organisation|Kunde|Kundenname|Debitor|Firma|Auftraggeber
        Client name|Raison sociale|Nom du client|Société|Cliente|Razón social|Empresa
        Ragione sociale|Klant|Klantnaam|Bedrijf|Kontrahent|Nazwa klienta|Kund|Kundnamn|顧客名|取引先|得意先
        End customer|Sold-to party|Bill To Name|Payer|Counterparty|Merchant|Subscriber|Tenant|Hospital
        Parent Account|Business name|Logo|customer_name|CustomerName|Acct Name|Cust Name
        Customer:Job|Debtor Name|Zeilenbeschriftungen""",
    "amount": """MRR|Net MRR|Ending MRR|EOP MRR|MRR (EUR)|mrr_amount|Monthly fee|Rev|Revenue
        Recognised revenue|Turnover|Sales|Billings|Invoiced amount|Amt|Amount (USD)
        Amount in local currency|Extended price|Line total|Betrag|Nettobetrag|Umsatz|Erlöse
        Montant HT|Chiffre d'affaires|Importe|Ingresos|Importo|Fatturato|Ricavi|Canone|Valor|Receita
        Faturamento|Mensalidade|Bedrag|Omzet|Kwota|Przychód|Wartość netto|Belopp|Intäkter|Omsättning|金額|売上
        月額|Subscription amount|ACV|Net amount excl. VAT|Contract value|ARR|Monthly charge
        Price per month|Facturación""",
    "date": """Month|Period|Date|Invoice date|Posting date|Billing month|Month end|Period ending|As of
        Snapshot date|Fiscal period|YearMonth|Rechnungsdatum|Monat|Buchungsdatum|Leistungsmonat
        Belegdatum|Mois|Date de facture|Fecha|Fecha de factura|Mes|Mese|Data fattura|Periodo|Data
        Competência|Maand|Factuurdatum|Boekdatum|Miesiąc|Data wystawienia|Okres|Månad|Fakturadatum|月|年月|請求日
        Revenue month|Service month|Doc date|txn_date""",
    "start": """Start|Start date|Contract start|Subscription start date|Service start|From|Begin date
        Effective date|Valid from|Activation date|Go-live|Commencement date|Customer since
        Started at|Vertragsbeginn|Gültig ab|Laufzeit von|Date de début|Fecha de inicio
        Fecha de alta|Data inizio|Decorrenza|Data de início|Ingangsdatum|Data rozpoczęcia|Od
        Avtalsstart|開始日|契約開始日|start_date|Term start|ServiceStartDate""",
    "end": """End|End date|Contract end|Service end|Until|Expiry date|Expires on|Valid to|Cancelled at
        Cancellation date|Churn date|Termination date|Ended at|Vertragsende|Gültig bis
        Laufzeit bis|Gekündigt zum|Kündigungsdatum|Date de fin|Date de résiliation|Fecha de fin
        Fecha de baja|Data fine|Scadenza|Data de término|Einddatum|Opzegdatum|Data zakończenia|Do
        Slutdatum|終了日|解約日|end_date|Term end""",
}
DECOYS = """Account manager|Invoice no|Invoice number|Seats|Tax amount|VAT|Discount|Quantity|Unit price|Phone
        ZIP|Owner|Customer type|Customer segment|Region|Country|Industry|Notes|Invoice ID
        Contract no|PO number|Sales rep|Balance|Kundengruppe|Kundenbetreuer|Cost center|Probability
        Health score|Last login|Created by|Account type|Payment terms|Days overdue|Employees
        Opportunity ID"""
N = 24
FRESH = tomllib.loads(Path(__file__).with_name("headers.toml").read_text("utf-8"))


def listed(text: str) -> list[str]:
    return [name.strip() for line in text.splitlines() for name in line.split("|")]


def columns(role: str, header: str) -> list[list[object]]:
    """A table whose other headers are known, a decoy of the same kind beside the one in question."""
    names = {"customer": "Customer", "amount": "MRR", "date": "Month", "start": "Start date", "end": "End date"} | {
        role: header
    }
    days = {
        "date": [f"2024-{1 + at // 6:02d}" for at in range(N)],
        "start": [f"2023-{1 + at % 12:02d}-01" for at in range(N)],
        "end": [f"2024-{1 + at % 12:02d}-15" for at in range(N)],
    }
    decoy = {
        "customer": ["Account manager", *(f"Jo {at % 3}" for at in range(N))],
        "amount": ["Tax amount", *(float(at) for at in range(N))],
    }.get(role, ["Created by date", *(f"2022-{1 + at % 9:02d}-07" for at in range(N))])
    wanted = ("date",) if role in ("customer", "amount", "date") else ("start", "end")
    return [
        decoy,
        [names["customer"], *(f"Firm {at % 6}" for at in range(N))],
        *([names[each], *days[each]] for each in wanted),
        [names["amount"], *(10.5 + at for at in range(N))],
    ]


@pytest.mark.parametrize("role", HEADERS)
def test_eight_of_ten_headers_find_their_part_beside_a_decoy(role):
    missed = []
    for header in listed(HEADERS[role]):
        table = find_table(grid_of_columns("s", columns(role, header)))
        if table is None or table.names.get(table.roles.get(role, -1)) != header:
            missed.append(header)
    assert len(missed) <= 0.2 * len(listed(HEADERS[role])), missed
    assert len(missed) <= 3, missed


@pytest.mark.parametrize(("part", "role"), [(part, role) for part, roles in FRESH.items() for role in roles])
def test_nine_of_ten_headers_written_apart_find_their_part(part, role):
    wanted = [name.strip() for name in FRESH[part][role].replace("\n", "|").split("|") if name.strip()]
    found = [find_table(grid_of_columns("s", columns(role, header))) for header in wanted]
    hits = [
        table is not None and table.names.get(table.roles.get(role, -1)) == name
        for table, name in zip(found, wanted, strict=True)
    ]
    assert len(wanted) >= 60 and sum(hits) >= 0.9 * len(wanted)


def test_decoys_are_none_of_the_parts():
    parts = {"customer", "amount", "date", "start", "end"}
    wrong = {name: role_ranks(name) for name in listed(DECOYS) if parts & set(role_ranks(name))}
    assert not wrong
