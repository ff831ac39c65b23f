"""What SAP says, as IDocs, and the profile of an instance that it is said to."""

from tests.conftest import House

LATER = "2026-11-20T21:10:00Z"
PROFILE = """
[erp.sap]
sap_port = "SAPECC"
sap_system = "ECCCLNT100"
start_at = 4711
[erp.sap.reasons]
Z1 = "out_of_stock"
"""
CONTROL = (
    "<EDI_DC40 SEGMENT='1'><TABNAM>EDI_DC40</TABNAM><MANDT>100</MANDT><DOCNUM>{number:016}</DOCNUM><DIRECT>1</DIRECT>"
    "<IDOCTYP>{type}</IDOCTYP><MESTYP>{message}</MESTYP><SNDPOR>SAPECC</SNDPOR><SNDPRT>LS</SNDPRT>"
    "<SNDPRN>{sender}</SNDPRN><RCVPOR>AMZGW</RCVPOR><RCVPRT>LS</RCVPRT><RCVPRN>AMZGW</RCVPRN></EDI_DC40>"
)


def idoc(kind: str, message: str, number: int, body: str, sender: str = "ECCCLNT100") -> str:
    control = CONTROL.format(number=number, type=kind, message=message, sender=sender)
    return f"<IDOC BEGIN='1'>{control}{body}</IDOC>"


def status(number: int, ours: int, code: str = "53", said: str = "Standard Order 12345 saved", **words: str) -> str:
    """What SAP says of an IDoc of ours: an ALEAUD01."""
    state = (
        f"<E1STATE SEGMENT='1'><DOCNUM>{ours:016}</DOCNUM><STATUS>{code}</STATUS><STAPA1_LNG>{said}</STAPA1_LNG>"
        "<E1PRTOB SEGMENT='1'><OBJKEY>0000012345</OBJKEY></E1PRTOB></E1STATE>"
    )
    header = f"<E1ADHDR SEGMENT='1'><MESTYP>ORDERS</MESTYP>{state}</E1ADHDR>"
    return idoc("ALEAUD01", "ALEAUD", number, header, **words)


def answer(number: int, purchase_order: str, *lines: tuple[str, str], **words: str) -> str:
    """SAP's confirmation of an order: an ORDRSP that takes every line as it is."""
    body = "".join(
        f"<E1EDP01 SEGMENT='1'><POSEX>{line:0>6}</POSEX><ACTION>004</ACTION><MENGE>{pieces}</MENGE><MENEE>PCE</MENEE>"
        f"<E1EDP20 SEGMENT='1'><WMENG>{pieces}</WMENG><EDATU>20261126</EDATU></E1EDP20></E1EDP01>"
        for line, pieces in lines
    )
    head = (
        "<E1EDK01 SEGMENT='1'><BELNR>0000012345</BELNR></E1EDK01>"
        "<E1EDKA1 SEGMENT='1'><PARVW>AG</PARVW><PARTN>AMAZON-US</PARTN></E1EDKA1>"
        f"<E1EDK02 SEGMENT='1'><QUALF>001</QUALF><BELNR>{purchase_order}</BELNR></E1EDK02>"
        "<E1EDK02 SEGMENT='1'><QUALF>002</QUALF><BELNR>0000012345</BELNR></E1EDK02>"
    )
    return idoc("ORDERS05", "ORDRSP", number, head + body, **words)


def file_of(root: str, *idocs: str) -> str:
    return f"<{root}>{''.join(idocs)}</{root}>"


def idocs_out(house: House) -> list[str]:
    return sorted(path.name for path in (house.folder / "erp" / "out").iterdir() if path.is_file())


LINES = (("1", "24.000"), ("2", "120.000"), ("3", "6.000"))
