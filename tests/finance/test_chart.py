"""The chart of accounts: the most specific row wins, whatever case and blanks its words have."""

import csv

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gateway.config import Accounts
from gateway.finance.chart import HEADER, Chart, Rule, read_chart, suggested_row
from gateway.resources import default_chart

HEAD = ",".join(HEADER) + "\n"
NUMBERED = {"bank": "1010", "suspense": "1290", "carry_forward": "1260", "revenue": "4000", "refunds": "4000"}
ACCOUNTS = {name: NUMBERED.get(name, f"#{name}") for name in Accounts.model_fields}
# Words as settlements could have them: what a chart, a CSV file or a person could take for something else is frequent.
WORDS = st.text(st.sampled_from('*-\\",;#_ AaBb1\u2028\x1c\t') | st.characters(codec="utf-8"), max_size=12)


def chart(*rows: str) -> Chart:
    found, problems = read_chart(HEAD + "\n".join(rows), ACCOUNTS)
    assert problems == ()
    assert found is not None
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
    found, problems = read_chart(text, ACCOUNTS)
    assert problems == ()
    assert found is not None
    assert found.rules == (Rule("Order", "Fee", "Late; very", "*", "4711", "Late, always", 5),)


@pytest.mark.parametrize(("head", "row"), [(",", "Order;Fee;Late;*;4711;"), (";", "Order,Fee,Late,*,4711,")])
def test_a_row_that_is_put_in_with_the_other_mark_is_read(head: str, row: str) -> None:
    found, problems = read_chart(HEAD.replace(",", head) + row + "\n", ACCOUNTS)
    assert problems == ()
    assert found is not None
    assert account(found, "Order", "Fee", "Late") == "4711"


def test_a_dash_is_the_empty_word_and_a_star_is_anything() -> None:
    of = chart("Order,-,No type,*,1,", "Order,Fee,-,*,2,", "Order,Fee,*,*,3,", "-,Fee,Late,*,4,")
    assert account(of, "Order", "", "No type") == "1"
    assert account(of, "Order", "Fee", "") == account(of, "Order", "Fee", " ") == "2"
    assert account(of, "Order", "Fee", "Else") == "3"
    assert account(of, "", "Fee", "Late") == "4"
    assert of.descriptions == {"notype", "", "late"}


def test_a_backslash_takes_what_follows_as_it_is() -> None:
    of = chart(r"Order,Fee,\*,*,1,", r"Order,Fee,\\x,*,2,", r"Order,\*,Late,*,3,")
    assert account(of, "Order", "Fee", "*") == "1"
    assert account(of, "Order", "Fee", "Other") is None
    assert account(of, "Order", "Fee", r"\x") == "2"
    assert account(of, "Order", "*", "Late") == "3"


@example(("Foo", "", "No type"), True)
@example(("Foo", "K", '12" record, fee'), True)
@example(("#1", "*", "\\*"), False)
@example(("A;B;C;D;E;F", "x", "y"), False)
@given(names=st.tuples(WORDS, WORDS, WORDS), is_credit=st.booleans())
def test_every_row_that_is_suggested_is_read_and_fits_the_line_it_was_made_of(
    names: tuple[str, str, str], is_credit: bool
) -> None:
    row = suggested_row(names, "other_fees")
    assert len(row.splitlines()) == 1
    for header in (HEAD, HEAD.replace(",", ";")):
        found, problems = read_chart(f"{header}Order,*,*,*,revenue,\n{row}\n", ACCOUNTS)
        assert problems == ()
        assert found is not None
        rule = found.find(*names, is_credit=is_credit)
        assert rule is not None
        assert (rule.account, rule.line) == ("other_fees", 3)


def test_a_row_that_is_suggested_says_no_more_than_it_must() -> None:
    assert suggested_row(("Foo", "K", "Late fee")) == "Foo,K,Late fee,*,ACCOUNT,"
    assert suggested_row(("Foo", "K", '12" record, fee')) == 'Foo,K,"12"" record, fee",*,ACCOUNT,'
    assert suggested_row(("Foo", "", "")) == "Foo,-,-,*,ACCOUNT,"
    assert suggested_row(("#1", "K", "x")) == '"#1","K","x","*","ACCOUNT",""'


def test_a_row_longer_than_any_row_is_said_and_the_others_stand() -> None:
    found, problems = read_chart(f"{HEAD}Order,Fee,{'x' * csv.field_size_limit()}x,*,1,\nOrder,Fee,y,*,2,\n", ACCOUNTS)
    ((line, said),) = problems
    assert (line, said.startswith("cannot be read: field larger")) == (2, True)
    assert found is not None
    assert [rule.account for rule in found.rules] == ["2"]


def test_a_number_that_has_a_name_is_that_name() -> None:
    of = chart("Order,Fee,Late,*,#commission,", "Order,Fee,Early,*,9999,")
    assert account(of, "Order", "Fee", "Late") == "commission"
    assert account(of, "Order", "Fee", "Early") == "9999"


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
        ("Order,Fee,Late,*,ACCOUNT,", "put an account in the place of ACCOUNT"),
        ("Order,Fee,Late,*,bank,", "the account 'bank' is for the gateway alone (bank)"),
        ("Order,Fee,Late,*,1010,", "the account '1010' is for the gateway alone (bank)"),
        ("Order,Fee,Late,*,suspense,", "the account 'suspense' is for the gateway alone"),
        ("Order,Fee,Late,*,1290,", "the account '1290' is for the gateway alone (suspense)"),
        ("Order,Fee,Late,*,1260,", "the account '1260' is for the gateway alone (carry_forward)"),
        ("Order,Fee,Late,*,4000,", "the account '4000' is revenue and refunds: write the name"),
        ("ORDER,fee,early,*,2,", "says the same lines as line 2: keep one"),
    ],
)
def test_what_is_wrong_in_a_row_is_said_with_its_line_and_the_others_stand(row: str, said: str) -> None:
    found, problems = read_chart(f"{HEAD}Order,Fee,Early,*,1,\n{row}\nOrder,Fee,Last,*,commission,\n", ACCOUNTS)
    assert found is not None
    ((line, sentence),) = problems
    assert line == 3
    assert sentence.startswith(said)
    assert [rule.amount_description for rule in found.rules] == ["Early", "Last"]


@pytest.mark.parametrize("text", ["", "a,b\n", "# nothing\n", f"{'x' * 200_000}\n"])
def test_a_chart_without_its_header_is_none(text: str) -> None:
    found, problems = read_chart(text, ACCOUNTS)
    assert found is None
    assert problems == ((1, f"the header must be {','.join(HEADER)}"),)


def test_the_shipped_chart_is_good_and_knows_the_vocabulary() -> None:
    found, problems = read_chart(default_chart().text, ACCOUNTS)
    assert problems == ()
    assert found is not None
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
    found, _ = read_chart(default_chart().text, ACCOUNTS)
    assert found is not None
    principal = account(found, "Order", "ItemPrice", "Principal")
    refund = account(found, "Refund", "ItemPrice", "Principal", is_credit=False)
    fee = account(found, "Order", "ItemFees", "Commission", is_credit=False)
    assert len({principal, refund, fee}) == 3
