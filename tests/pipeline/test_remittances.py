"""Remittances through the pipeline: what each invoice came to, and the cases that finance gets and loses."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from gateway.journal.records import Case
from gateway.pipeline import Catalogue, Desk
from gateway.pipeline.remittances import keep_invoice, match_again, raise_overdue_invoices
from gateway.pipeline.standings import Standings

if TYPE_CHECKING:
    from tests.pipeline.conftest import Orders, Wire

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT.parent / "shared" / "reference" / "examples"
needs_examples = pytest.mark.skipif(not EXAMPLES.is_dir(), reason="the reference examples are not beside this checkout")

ISSUED_AT = datetime(2026, 11, 27, 12, tzinfo=UTC)
PAID_AT = datetime(2027, 1, 26, 12, tzinfo=UTC)
LATER = datetime(2027, 2, 2, 12, tzinfo=UTC)


class Books:
    """What the ERP and the partner say of invoices, one wire between them."""

    def __init__(self, wire: "Wire", orders: "Orders") -> None:
        self.wire, self.orders = wire, orders
        self.number = 700

    def charge(
        self,
        number: str,
        total: str,
        partner: str = "amazon-us",
        at: datetime = ISSUED_AT,
        *,
        sent: bool = True,
        **more: Any,
    ) -> str:
        """The ERP charges an invoice, and it has left; the id of the ERP's document."""
        line = {"purchase_order": "4XK7PL2Q", "line": "1", "quantity": "1", "amount": total}
        body = {
            "document": "invoice",
            "version": 1,
            "partner": partner,
            "invoice": number,
            "invoiced_on": "2026-11-27",
            "currency": "USD" if partner == "amazon-us" else "EUR",
            "total": total,
            "lines": [{**line, "price": {"amount": total, "per": "1", "unit": "each"}}],
            **more,
        }
        if sent:
            self.send(number, partner, at)
        return self.store("invoice", number, body, partner, at)

    def send(self, number: str, partner: str = "amazon-us", at: datetime = ISSUED_AT) -> None:
        """Our message of an invoice has left."""
        with self.wire.journal.transaction(at) as tx:
            tx.store_document(
                type="810" if partner == "amazon-us" else "INVOIC",
                direction="out",
                partner=partner,
                business_number=number,
                body={},
                delivery="delivered",
            )

    def store(
        self, kind: str, number: str, body: dict[str, Any], partner: str = "amazon-us", at: datetime = ISSUED_AT
    ) -> str:
        """A document of the ERP, as the shore keeps it."""
        with self.wire.journal.transaction(at) as tx:
            return tx.store_document(
                type=kind,
                direction="in",
                partner=partner,
                business_number=number,
                revision=body.get("revision", 0),
                body=body,
                subjects=(f"{kind}:{partner}:{number}",),
            )

    def terms(self, *rows: tuple[str, str]) -> None:
        """terms.csv came: account and days."""
        with self.wire.journal.transaction(ISSUED_AT) as tx:
            cells = [{"account": account, "net_days": days, "tax_rate": ""} for account, days in rows]
            tx.update_master("terms", cells)

    def pay(self, *items: str, total: str, trace: str | None = "AP1", at: datetime = PAID_AT, extra: str = "") -> None:
        """An 820 comes; an item is what stands behind RMR01, as in `INV-9**430.65*435`."""
        self.number += 1
        body = [
            *("ST*820*0001", f"BPR*I*{total}*C*ACH*CTX***********20270126", *((f"TRN*1*{trace}",) if trace else ())),
            *("CUR*PR*USD", "ENT*1", *filter(None, (extra,))),
            *(item if item.startswith("ADX") else f"RMR*IV*{item}" for item in items),
        ]
        message = "".join(f"{segment}~\n" for segment in (*body, f"SE*{len(body) + 1}*0001"))
        self.receive(self.orders.isa(self.orders.group(message, kind="RA", number=self.number), number=self.number), at)

    def advise(self, *items: str, total: str, purpose: str = "9", number: str = "RA-1", at: datetime = PAID_AT) -> None:
        """A REMADV comes; an item is `RE-1 90.00`."""
        self.number += 1
        body = [
            *("UNH+1+REMADV:D:96A:UN:EAN002", f"BGM+481+{number}+{purpose}", "DTM+137:20270125:102"),
            *("DTM+138:20270125:102", "CUX+2:EUR:11"),
        ]
        for invoice, paid in (item.split() for item in items):
            body += [f"DOC+380+{invoice}", f"MOA+12:{paid}:EUR:11"]
        body += ["UNS+S", f"MOA+12:{total}:EUR:11"]
        message = "".join(f"{segment}'\n" for segment in (*body, f"UNT+{len(body) + 1}+1"))
        self.receive(self.orders.unb(message, number=str(self.number), asks=False), at)

    def receive(self, data: str | bytes, at: datetime = PAID_AT) -> None:
        assert self.wire.receive(data, at).reasons == []

    def desk(self, tx: Any, at: datetime) -> Desk:
        return Desk(self.wire.config, self.wire.mappings, Catalogue(), tx, at)

    def review(self, at: datetime) -> int:
        """What a turn does."""
        with self.wire.journal.transaction(at) as tx:
            return raise_overdue_invoices(self.desk(tx, at))

    def suffixes(self, *endings: str) -> None:
        """The partner puts these behind our numbers."""
        partners = dict(self.wire.config.partners)
        partners["amazon-us"] = partners["amazon-us"].model_copy(update={"invoice_suffixes": endings})
        self.wire.config = self.wire.config.model_copy(update={"partners": partners})

    @property
    def cases(self) -> list[tuple[str, str | None]]:
        """The open cases, with the money at stake."""
        return [(case.code, case.at_stake) for case in self.wire.cases]

    @property
    def case(self) -> Case:
        """The one open case."""
        [case] = self.wire.cases
        return case

    def status(self, number: str, partner: str = "amazon-us", at: datetime = PAID_AT) -> str:
        standing = Standings(self.wire.journal, self.wire.config).find(partner, number)
        assert standing is not None
        return standing.status(at.date())


@pytest.fixture
def books(wire: "Wire", orders: "Orders") -> Books:
    return Books(wire, orders)


SHIPPED = {
    "document": "shipment",
    "version": 1,
    "partner": "amazon-us",
    "shipment": "SHP-1",
    "bill_of_lading": "BOL1",
    "carrier": {"scac": "UPSN"},
    "pro_number": "PRO-7",
    "shipped_at": "2026-11-26T14:15:00Z",
    "packs": [{"sscc": "006141410000000012", "tracking": "1Z1"}, {"tracking": "1Z2"}, {"tracking": None}],
}


@needs_examples
@pytest.mark.parametrize(
    ("file", "partner", "number", "total", "code"),
    [
        ("amzn_820.edi", "amazon-us", "INV000987", "435", "01"),
        ("amzn_REMADV.edi", "amazon-eu", "RE20260042", "595.12", "5"),
    ],
)
def test_a_remittance_4_35_short_is_one_case_of_finance(
    books: Books, file: str, partner: str, number: str, total: str, code: str
) -> None:
    books.charge(number, total, partner)
    books.receive((EXAMPLES / file).read_bytes())
    assert books.cases == [("short-paid", "4.35")]
    assert (books.case.owner, books.case.evidence["reasons"]) == ("finance", f"{code} price -4.35")
    assert f"invoice:{partner}:{number}" in books.case.subjects


@pytest.mark.requirement("V17")
def test_our_own_820_pays_one_invoice_whole_and_one_short(books: Books) -> None:
    books.charge("TT-10051", "804.50")
    books.charge("TT-10052", "451.20")
    sample = (ROOT / "samples" / "x12" / "standard" / "820-two-invoices.edi").read_text()
    books.receive(sample.replace("5559876543     ", "5551234567     ").replace("*5559876543*", "*5551234567*"))
    assert (books.status("TT-10051"), books.status("TT-10052")) == ("paid", "short")
    assert books.cases == [("short-paid", "51.20")]
    assert books.case.evidence["reasons"] == "06 quantity -45.2; 01 price -6"


def test_our_own_remadv_pays_an_invoice_short_and_takes_a_credit_note_off(books: Books) -> None:
    books.charge("RE-5501", "230.83", "amazon-eu")
    books.charge("GS-5501", "15.75", "amazon-eu", kind="credit-note", credits="RE-5500")
    sample = (ROOT / "samples" / "edifact" / "REMADV-short-paid.edi").read_text()
    books.receive(sample.replace("4098765000010:14", "4012345000009:14"))
    assert (books.status("RE-5501", "amazon-eu"), books.status("GS-5501", "amazon-eu")) == ("short", "paid")
    assert books.cases == [("short-paid", "5.83")]


def test_the_case_carries_the_evidence_of_the_shipment_and_of_the_invoice(books: Books) -> None:
    books.charge("INV-9", "435", shipment="SHP-1")
    books.store("shipment", "SHP-1", SHIPPED)
    with books.wire.journal.transaction(ISSUED_AT) as tx:
        sent = tx.store_document(
            type="810",
            direction="out",
            partner="amazon-us",
            business_number="INV-9",
            body={},
            control_number="12",
            file="810.edi",
            delivery="delivered",
            acknowledgement="accepted",
        )
    books.pay("INV-9**430.65*435", "ADX*-4.35*01", total="430.65")
    assert books.case.evidence == {
        "invoice": "INV-9",
        "invoiced_on": "2026-11-27",
        "asked": "435.00",
        "paid": "430.65",
        "currency": "USD",
        "reasons": "01 price -4.35",
        "partner_says_invoiced": "435.00",
        "remittances": "remittance AP1: 430.65",
        "paid_on": "2027-01-26",
        "purchase_orders": "4XK7PL2Q",
        "shipment": "SHP-1",
        "carrier": "UPSN",
        "bill_of_lading": "BOL1",
        "pro_number": "PRO-7",
        "shipped_at": "2026-11-26T14:15:00Z",
        "tracking": "1Z1, 1Z2",
        "invoice_document": sent,
        "invoice_control_number": "12",
        "invoice_file": "810.edi",
        "invoice_delivery": "delivered",
        "invoice_acknowledgement": "accepted",
    }


def test_what_a_remittance_says_is_kept_under_the_invoice(books: Books) -> None:
    books.charge("INV-9", "435")
    books.pay("INV-9**435*435", total="435")
    [entry] = books.wire.journal.events("invoice:amazon-us:INV-9", prefix="event:paid")
    [document] = books.wire.documents("820")
    assert f"document:{document.id}" in entry.subjects
    assert (entry.body["document"], entry.body["invoice"], entry.body["paid"]) == (document.id, "INV-9", "435")
    assert books.cases == []


def test_orders_are_told_of_payments_and_of_their_taking_back(books: Books) -> None:
    order = "order:amazon-eu:4XK7PL2Q"
    with books.wire.journal.transaction(ISSUED_AT) as tx:
        tx.append("event:order-received", {}, (order,))
    books.charge("RE-1", "100", "amazon-eu")
    books.charge("INV-9", "435")
    books.advise("RE-1 100.00", total="100.00")
    books.advise("RE-1 100.00", total="100.00", purpose="1", at=LATER)
    books.pay("INV-9**435*435", total="435")
    kinds = [entry.kind for entry in books.wire.journal.events(order)]
    assert kinds == ["event:order-received", "event:paid", "event:payment-withdrawn"]
    assert books.wire.journal.events("order:amazon-us:4XK7PL2Q") == []


def test_a_short_payment_that_is_paid_later_closes_its_case_by_itself(books: Books) -> None:
    books.charge("INV-9", "435")
    books.pay("INV-9**400*435", total="400")
    opened = books.case
    books.pay("INV-9**30.65*35", total="30.65", trace="AP2", at=LATER)
    assert (books.case.id, books.case.at_stake) == (opened.id, "4.35")
    books.pay("INV-9**4.35*4.35", total="4.35", trace="AP3", at=LATER)
    assert books.cases == []
    closed = books.wire.journal.case(opened.id)
    assert (closed.closed_by, closed.reason) == ("gateway", "the invoice is paid now")


def test_too_much_is_a_case_of_its_own(books: Books) -> None:
    books.charge("INV-9", "435")
    books.pay("INV-9**400*435", total="400")
    books.pay("INV-9**40*40", total="40", trace="AP2")
    assert books.cases == [("over-paid", "5.00")]


def test_a_difference_that_a_person_has_accepted_stays_accepted_until_it_changes(books: Books) -> None:
    books.charge("INV-9", "435")
    books.pay("INV-9**430.65*435", total="430.65")
    with books.wire.journal.transaction(PAID_AT) as tx:
        tx.close_case(books.case.id, "written off", "eve")
    books.review(LATER)
    assert books.cases == []
    books.pay("INV-9**-1*435", total="-1", trace="AP2", at=LATER)
    assert books.cases == [("short-paid", "5.35")]


@pytest.mark.parametrize("trace", ["AP1", None])
def test_the_same_remittance_under_another_control_number_is_not_counted_twice(books: Books, trace: str | None) -> None:
    books.charge("INV-9", "435")
    books.pay("INV-9**430.65*435", total="430.65", trace=trace)
    books.pay("INV-9**430.65*435", total="430.65", trace=trace, at=LATER)
    assert books.cases == [("short-paid", "4.35")]
    [first, again] = books.wire.documents("820")
    [note] = books.wire.journal.events(f"document:{again.id}", prefix="remittance-repeated")
    assert note.body == {"document": again.id, "counted": first.id}


def test_one_payment_told_in_two_remittances_counts_whole(books: Books) -> None:
    books.charge("INV-9", "435")
    books.pay("INV-9**400*435", total="400")
    books.pay("INV-9**35*435", total="35")
    assert (books.cases, books.status("INV-9")) == ([], "paid")


def test_a_duplicate_counts_only_where_the_original_never_came(books: Books) -> None:
    books.charge("RE-1", "100", "amazon-eu")
    books.advise("RE-1 60.00", total="60.00", purpose="7")
    assert books.cases == [("short-paid", "40.00")]
    books.advise("RE-1 60.00", total="60.00", purpose="7", at=LATER)
    assert books.cases == [("short-paid", "40.00")]


def test_a_replacement_takes_its_predecessor_back(books: Books) -> None:
    books.charge("RE-1", "100", "amazon-eu")
    books.charge("RE-2", "50", "amazon-eu")
    books.advise("RE-1 100.00", "RE-2 50.00", "RE-3 7.00", total="158.00")
    assert books.cases == [("remittance-unmatched", "7.00"), ("remittance-unbalanced", "1.00")]
    books.advise("RE-1 90.00", total="90.00", purpose="5", at=LATER)
    assert books.cases == [("short-paid", "10.00")]
    assert (books.status("RE-1", "amazon-eu"), books.status("RE-2", "amazon-eu")) == ("short", "open")


def test_a_replacement_that_comes_twice_changes_nothing(books: Books) -> None:
    books.advise("RE-1 90.00", total="90.00")
    books.advise("RE-1 80.00", total="80.00", purpose="5")
    opened = books.case
    books.advise("RE-1 80.00", total="80.00", purpose="5", at=LATER)
    assert (books.case.id, books.case.at_stake) == (opened.id, "80.00")


def test_a_cancelled_remittance_is_as_if_it_had_never_come_and_may_come_again(books: Books) -> None:
    books.charge("RE-1", "100", "amazon-eu")
    books.advise("RE-1 90.00", total="90.00")
    books.advise("RE-1 90.00", total="90.00", purpose="1", at=LATER)
    assert (books.cases, books.status("RE-1", "amazon-eu")) == ([], "open")
    books.advise("RE-1 90.00", total="90.00", at=LATER)
    assert books.cases == [("short-paid", "10.00")]


def test_cancelling_what_never_came_is_a_case(books: Books) -> None:
    books.advise("RE-1 90.00", total="90.00", purpose="1")
    assert books.cases == [("remittance-unmatched", "90.00")]
    assert "cancels remittance RA-1" in books.case.message
    assert match_again_at(books) == 0


def match_again_at(books: Books, at: datetime = LATER) -> int:
    with books.wire.journal.transaction(at) as tx:
        return match_again(books.desk(tx, at))


def test_each_item_for_nothing_we_know_is_a_case(books: Books) -> None:
    books.pay("X-1**10", "X-2**20", total="17.66", extra="ADX*-12.34*50*CM*PEN-3")
    assert books.cases == [("remittance-unmatched", stake) for stake in ("10.00", "20.00", "12.34")]
    assert {case.owner for case in books.wire.cases} == {"finance"}


def test_items_that_do_not_make_up_the_total_are_a_case(books: Books) -> None:
    books.charge("INV-9", "435")
    books.pay("INV-9**435*435", total="440")
    assert books.cases == [("remittance-unbalanced", "5.00")]


def test_the_endings_of_the_partner_are_taken_off(books: Books) -> None:
    books.suffixes("SCR", "SC")
    books.charge("INV-9", "435")
    books.pay("INV-9**435", "INV-9SC**-4.35", total="430.65")
    assert books.cases == [("short-paid", "4.35")]
    books.pay("INV-9SCR**4.35", total="4.35", trace="AP2", at=LATER)
    assert books.cases == []


def test_an_item_that_came_before_its_invoice_is_matched_once_that_is_charged(books: Books) -> None:
    books.suffixes("SCR")
    books.pay("INV-9SCR**430.65*435", "X-1**1", total="431.65")
    assert match_again_at(books, PAID_AT) == 0
    books.charge("INV-9", "435", at=PAID_AT)
    assert match_again_at(books) == 1
    assert books.cases == [("remittance-unmatched", "1.00"), ("short-paid", "4.35")]
    assert match_again_at(books) == 0
    assert books.status("INV-9") == "short"


def test_an_item_whose_invoice_is_in_another_currency_stays_unmatched(books: Books) -> None:
    books.charge("INV-9", "435", currency="EUR")
    books.pay("INV-9**435*435", total="435")
    assert match_again_at(books) == 0
    assert books.cases == [("remittance-unmatched", "435.00")]


def test_an_invoice_is_overdue_after_the_days_of_its_account(books: Books) -> None:
    books.terms(("ACME1", "60"))
    books.charge("INV-9", "435")
    books.charge("INV-10", "10")
    books.pay("INV-10**10", total="10")
    assert (books.review(PAID_AT), books.cases) == (0, [])
    assert books.review(PAID_AT + timedelta(days=1)) == 1
    assert books.cases == [("invoice-overdue", "435.00")]
    assert books.case.due_at == datetime(2027, 1, 27, tzinfo=UTC)
    assert books.review(LATER) == 0
    books.pay("INV-9**435*435", total="435", trace="AP2", at=LATER)
    assert books.cases == []


def test_of_several_accounts_the_terms_are_those_of_the_order(books: Books) -> None:
    known = books.wire.config.partners["amazon-us"]
    accounts = {**known.accounts, "ACME2": known.accounts["ACME1"]}
    partners = {**books.wire.config.partners, "amazon-us": known.model_copy(update={"accounts": accounts})}
    books.wire.config = books.wire.config.model_copy(update={"partners": partners})
    books.terms(("ACME1", "60"), ("ACME2", "90"))
    message = books.orders.x12("4XK7PL2Q")
    books.receive(books.orders.isa(books.orders.group(message)), ISSUED_AT)
    books.charge("INV-9", "435")
    assert (books.status("INV-9", at=LATER), books.status("INV-9")) == ("overdue", "open")


def test_a_shipment_that_the_erp_never_told_of_is_evidence_by_its_number_alone(books: Books) -> None:
    books.charge("INV-9", "435", shipment="SHP-1")
    books.pay("INV-9**430.65*435", total="430.65")
    assert {name for name in books.case.evidence if name in ("shipment", "carrier", "tracking")} == {"shipment"}


def test_without_terms_nothing_is_overdue(books: Books) -> None:
    books.charge("INV-9", "435")
    assert (books.review(LATER), books.cases) == (0, [])


def test_all_invoices_are_reviewed_once_a_day(books: Books) -> None:
    assert books.review(LATER) == 0
    books.terms(("ACME1", "60"))
    books.charge("INV-9", "435")
    assert books.review(LATER) == 1
    books.charge("INV-10", "10")
    assert books.review(LATER + timedelta(hours=1)) == 0
    assert books.review(LATER + timedelta(days=1)) == 1


def test_the_latest_revision_is_what_is_asked(books: Books) -> None:
    books.charge("INV-9", "430.65", revision=1)
    books.charge("INV-9", "435")
    books.pay("INV-9**430.65*435", total="430.65")
    assert books.cases == []
    books.charge("INV-9", "431", revision=2)
    with books.wire.journal.transaction(LATER) as tx:
        keep_invoice("amazon-us", "INV-9", books.desk(tx, LATER))
        keep_invoice("amazon-us", "INV-8", books.desk(tx, LATER))
    assert books.cases == [("short-paid", "0.35")]


def test_an_invoice_that_has_not_left_is_never_overdue(books: Books) -> None:
    books.terms(("ACME1", "60"))
    books.charge("INV-9", "435", sent=False)
    assert (books.review(LATER), books.cases) == (0, [])
    books.send("INV-9")
    assert books.review(LATER + timedelta(days=1)) == 1
