"""Ten languages' words for the columns of a revenue sheet and the months of a year, as exports write them."""

from __future__ import annotations

from dataclasses import dataclass

from .book import Month


@dataclass(frozen=True)
class Tongue:
    """Headers as pairs of (customer, date, amount) etc.; `months` full names from January, `short` abbreviations."""

    code: str
    customer: tuple[str, ...]
    date: tuple[str, ...]
    amount: tuple[str, ...]
    start: tuple[str, ...]
    end: tuple[str, ...]
    total: tuple[str, ...]
    manager: str
    months: tuple[str, ...]
    short: tuple[str, ...]
    decimal: str = ","

    def long(self, month: Month) -> str:
        return f"{self.months[month[1] - 1]} {month[0]}"

    def brief(self, month: Month) -> str:
        return f"{self.short[month[1] - 1]} {month[0] % 100:02d}"


def _split(text: str) -> tuple[str, ...]:
    return tuple(text.split())


TONGUES = (
    Tongue(
        "en",
        ("Customer", "Client name", "Account", "Company name", "Sold-to party", "Bill To", "End customer"),
        ("Month", "Invoice date", "Billing month", "Posting date", "Period ending"),
        ("MRR", "Monthly revenue", "Net amount", "Fee", "Recurring revenue (USD)", "Amount (USD)"),
        ("Start date", "Contract start", "Service begins", "Effective from"),
        ("End date", "Contract end", "Expires on", "Termination date"),
        ("Total", "Grand Total", "Overall Total"),
        "Account manager",
        _split("January February March April May June July August September October November December"),
        _split("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"),
        ".",
    ),
    Tongue(
        "de",
        ("Kunde", "Kundenname", "Debitor", "Firma", "Auftraggeber"),
        ("Monat", "Rechnungsdatum", "Buchungsdatum", "Abrechnungsmonat", "Leistungsmonat"),
        ("Umsatz", "Nettobetrag", "Betrag netto", "Monatsumsatz", "Erlöse"),
        ("Vertragsbeginn", "Startdatum", "Laufzeit von", "Gültig ab"),
        ("Vertragsende", "Enddatum", "Laufzeit bis", "Gekündigt zum"),
        ("Summe", "Gesamt", "Gesamtsumme", "Gesamtergebnis"),
        "Kundenbetreuer",
        _split("Januar Februar März April Mai Juni Juli August September Oktober November Dezember"),
        _split("Jan Feb Mrz Apr Mai Jun Jul Aug Sep Okt Nov Dez"),
    ),
    Tongue(
        "fr",
        ("Client", "Nom du client", "Raison sociale", "Société"),
        ("Mois", "Date de facture", "Période", "Date de facturation"),
        ("Montant HT", "Chiffre d'affaires", "CA mensuel", "Revenu récurrent"),
        ("Date de début", "Début du contrat"),
        ("Date de fin", "Fin du contrat", "Date de résiliation"),
        ("Total général", "Total", "Somme"),
        "Chargé de compte",
        _split("janvier février mars avril mai juin juillet août septembre octobre novembre décembre"),
        _split("janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc."),
    ),
    Tongue(
        "es",
        ("Cliente", "Nombre del cliente", "Razón social", "Empresa"),
        ("Mes", "Fecha de factura", "Período", "Fecha"),
        ("Importe", "Ingresos", "Facturación", "Importe neto"),
        ("Fecha de inicio", "Inicio del contrato"),
        ("Fecha de fin", "Fin del contrato", "Fecha de baja"),
        ("Total general", "Suma total", "Total"),
        "Gestor de cuenta",
        _split("enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"),
        _split("ene feb mar abr may jun jul ago sep oct nov dic"),
    ),
    Tongue(
        "it",
        ("Cliente", "Ragione sociale", "Nome cliente", "Società"),
        ("Mese", "Data fattura", "Periodo", "Mese di competenza"),
        ("Importo", "Fatturato", "Ricavi", "Canone mensile"),
        ("Data inizio", "Inizio contratto", "Decorrenza"),
        ("Data fine", "Fine contratto", "Scadenza"),
        ("Totale", "Totale complessivo"),
        "Responsabile cliente",
        _split("gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre"),
        _split("gen feb mar apr mag giu lug ago set ott nov dic"),
    ),
    Tongue(
        "pt",
        ("Cliente", "Nome do cliente", "Empresa", "Razão social"),
        ("Mês", "Data da fatura", "Período", "Competência"),
        ("Valor", "Receita", "Faturamento", "Mensalidade"),
        ("Data de início", "Início do contrato"),
        ("Data de término", "Fim do contrato", "Data de cancelamento"),
        ("Total geral", "Total", "Soma"),
        "Gerente de contas",
        _split("janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro"),
        _split("jan fev mar abr mai jun jul ago set out nov dez"),
    ),
    Tongue(
        "nl",
        ("Klant", "Klantnaam", "Bedrijfsnaam", "Debiteur"),
        ("Maand", "Factuurdatum", "Periode", "Boekdatum"),
        ("Omzet", "Bedrag", "Nettobedrag", "Maandbedrag"),
        ("Startdatum", "Ingangsdatum", "Contractbegin"),
        ("Einddatum", "Contracteinde", "Opzegdatum"),
        ("Totaal", "Eindtotaal"),
        "Accountmanager",
        _split("januari februari maart april mei juni juli augustus september oktober november december"),
        _split("jan feb mrt apr mei jun jul aug sep okt nov dec"),
    ),
    Tongue(
        "pl",
        ("Klient", "Nazwa klienta", "Kontrahent", "Nabywca"),
        ("Miesiąc", "Data faktury", "Okres", "Data wystawienia"),
        ("Kwota", "Przychód", "Wartość netto", "Kwota netto"),
        ("Data rozpoczęcia", "Początek umowy"),
        ("Data zakończenia", "Koniec umowy"),
        ("Suma", "Razem", "Suma końcowa"),
        "Opiekun klienta",
        _split("styczeń luty marzec kwiecień maj czerwiec lipiec sierpień wrzesień październik listopad grudzień"),
        _split("sty lut mar kwi maj cze lip sie wrz paź lis gru"),
    ),
    Tongue(
        "sv",
        ("Kund", "Kundnamn", "Företag"),
        ("Månad", "Fakturadatum", "Period"),
        ("Belopp", "Intäkt", "Omsättning", "Nettobelopp"),
        ("Startdatum", "Avtalsstart"),
        ("Slutdatum", "Avtalsslut"),
        ("Summa", "Totalsumma", "Totalt"),
        "Kundansvarig",
        _split("januari februari mars april maj juni juli augusti september oktober november december"),
        _split("jan feb mar apr maj jun jul aug sep okt nov dec"),
    ),
    Tongue(
        "ja",
        ("顧客名", "得意先", "取引先名", "会社名"),
        ("月", "請求日", "年月", "請求月"),
        ("金額", "売上", "月額", "売上高"),
        ("開始日", "契約開始日"),
        ("終了日", "契約終了日", "解約日"),
        ("合計", "総計", "計"),
        "担当者",
        tuple(f"{month}月" for month in range(1, 13)),
        tuple(f"{month}月" for month in range(1, 13)),
        ".",
    ),
)


def money(decimal: str, grouped: bool = True):
    """A writer of amounts as text in a language's manner."""

    def written(amount: float) -> str:
        text = f"{amount:,.2f}" if grouped else f"{amount:.2f}"
        return text.translate(str.maketrans(",.", ".,")) if decimal == "," else text

    return written


def japanese(month: Month) -> str:
    return f"{month[0]}年{month[1]}月"
