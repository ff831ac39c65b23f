"""The chart of accounts: the most specific row wins, whatever case and blanks its words have."""

import pytest

from gateway.config import Accounts
from gateway.finance.chart import HEADER, Chart, Rule, read_chart
from gateway.resources import default_chart

HEAD = ",".join(HEADER) + "\n"
NAMES = tuple(Accounts.model_fields)


def chart(*rows: str) -> Chart:
    found, problems = read_chart(HEAD + "\n".join(rows), NAMES)
    assert problems == ()
    return found


def account(of: Chart, *words: str, is_credit: bool = True) -> str | None:
    transaction_type, amount_type, description = words
    rule = of.find(transaction_type, amount_type, description, is_credit=is_credit)
    return rule.account if rule else None


def test_the_most_specific_row_wins() -> None:
    of = chart(
        "Order,*,*,*,1,",
        "*,ItemFees,Commission,*,2,",
        "Order,ItemFees,*,*,3,",
        "Order,ItemFees,Commission,*,4,",
    )
    assert account(of, "Order", "ItemFees", "Commission") == "4"
    assert account(of, "Order", "ItemFees", "Other") == "3"
    assert account(of, "Refund", "ItemFees", "Commission") == "2"
    assert account(of, "Order", "ItemPrice", "Principal") == "1"
    assert account(of, "Refund", "ItemPrice", "Principal") is None


def test_of_two_alike_the_one_that_names_the_sign_wins() -> None:
    of = chart("Order,Fee,Late,*,1,", "Order,Fee,Late,-,2,", "Order,Fee,Early,+,3,", "Order,Fee,*,*,4,")
    assert account(of, "Order", "Fee", "Late") == "1"
    assert account(of, "Order", "Fee", "Late", is_credit=False) == "2"
    assert account(of, "Order", "Fee", "Early") == "3"
    assert account(of, "Order", "Fee", "Early", is_credit=False) == "4"


def test_words_are_compared_without_case_blanks_hyphens_and_underscores() -> None:
    of = chart("other-transaction,FBA Inventory Reimbursement,WAREHOUSE_LOST,*,reimbursements,Lost")
    assert account(of, "OtherTransaction", "fba inventory_reimbursement", "Warehouse Lost") == "reimbursements"
    assert of.descriptions == {"warehouselost"}


def test_the_same_question_has_the_same_answer() -> None:
    of = chart("Order,Fee,Late,*,1,")
    assert of.find("Order", "Fee", "Late", is_credit=True) is of.find("Order", "Fee", "Late", is_credit=True)
    assert of.find("Order", "Fee", "New", is_credit=True) is of.find("Order", "Fee", "New", is_credit=True) is None


def test_another_chart_has_another_digest() -> None:
    one, same, other = (chart(f"Order,Fee,Late,*,{number},") for number in (1, 1, 2))
    assert one.digest == same.digest != other.digest


def test_comments_blank_lines_a_mark_and_semicolons_are_read() -> None:
    text = "\ufeff# ours\n\n" + HEAD.replace(",", ";") + ';;;;;\nOrder;Fee;"Late; very";*;4711;Late, always\n'
    found, problems = read_chart(text, NAMES)
    assert problems == ()
    assert found.rules == (Rule("Order", "Fee", "Late; very", "*", "4711", "Late, always", 5),)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("Order,Fee,Late,*,1", "5 cells under 6 columns"),
        ("Order,Fee,Late,plus,1,", "sign is 'plus'"),
        ("Order,Fee,Late,*,,", "a cell is empty"),
        ("Order,,Late,*,1,", "a cell is empty"),
        ("*,*,Late,*,1,", "fits everything"),
        ("*,Fee,*,*,1,", "fits everything"),
        ("Order,*,Late,*,1,", "names a description without an amount type"),
        ("Order,Fee,Late,*,comission,", "there is no account 'comission'"),
        ("ORDER,fee,early,*,2,", "says the same lines as line 2: keep one"),
    ],
)
def test_what_is_wrong_in_a_row_is_said_with_its_line_and_the_others_stand(row: str, said: str) -> None:
    found, problems = read_chart(f"{HEAD}Order,Fee,Early,*,1,\n{row}\nOrder,Fee,Last,*,commission,\n", NAMES)
    ((line, sentence),) = problems
    assert line == 3
    assert sentence.startswith(said)
    assert [rule.amount_description for rule in found.rules] == ["Early", "Last"]


@pytest.mark.parametrize("text", ["", "a,b\n", "# nothing\n"])
def test_a_chart_without_its_header_is_none(text: str) -> None:
    found, problems = read_chart(text, NAMES)
    assert found.rules == ()
    assert problems == ((1, f"the header must be {','.join(HEADER)}"),)


def test_the_shipped_chart_is_good_and_knows_the_vocabulary() -> None:
    found, problems = read_chart(default_chart().text, NAMES)
    assert problems == ()
    for words in (
        ("Order", "ItemPrice", "Principal"),
        ("Refund", "ItemFees", "RefundCommission"),
        ("ServiceFee", "Cost of Advertising", "TaxAmount"),
        ("other-transaction", "other-transaction", "Current Reserve Amount"),
        ("other-transaction", "FBA Inventory Reimbursement", "MISSING_FROM_INBOUND"),
        ("FBAFees", "FBA Inventory Storage Fee", "Tax on fee"),
    ):
        assert account(found, *words), words
    assert account(found, "other-transaction", "other-transaction", "Brand New Fee") is None
    assert account(found, "Order", "ItemFees", "Brand New Fee") is None


def test_sales_refunds_and_commission_are_on_accounts_of_their_own() -> None:
    found, _ = read_chart(default_chart().text, NAMES)
    principal = account(found, "Order", "ItemPrice", "Principal")
    refund = account(found, "Refund", "ItemPrice", "Principal", is_credit=False)
    fee = account(found, "Order", "ItemFees", "Commission", is_credit=False)
    assert len({principal, refund, fee}) == 3
