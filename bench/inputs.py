"""What the rows read: an 850 of twenty lines as vendors get them, and a file of many."""

_IDS = ("UP*036000291452", "UK*10036000291459", "VN*TLB-7701", "EN*4006381333931")
_HEAD = (
    "BEG*00*NE*7QA2MX4T**20261120~REF*CR*TOLB1~FOB*CC~CSH*Y~DTM*064*20261124~DTM*063*20261201~"
    "PKG*F*CS***PALLETIZE~N1*ST**92*RIC2~"
)
LINES = 20


def order_message(control_number: str = "0001") -> bytes:
    """One message, ST to SE: an order of twenty lines, each by one id, every fourth by the case."""
    lines = "".join(
        f"PO1*{line}*{line * 3}*{'CA' if line % 4 == 1 else 'EA'}*{7 + line}.25*PE*{_IDS[line % 4]}~"
        for line in range(1, LINES + 1)
    )
    total = sum(line * 3 for line in range(1, LINES + 1))
    body = f"{_HEAD}{lines}CTT*{LINES}*{total}~"
    return f"ST*850*{control_number}~{body}SE*{body.count('~') + 2}*{control_number}~".encode()


def order_file(size: int) -> bytes:
    """An interchange of such orders, of about this many bytes."""
    count = max(size // len(order_message()), 1)
    messages = b"".join(order_message(f"{number:04}") for number in range(1, count + 1))
    head = (
        f"ISA*00*{'':10}*00*{'':10}*ZZ*{'AMAZON':15}*ZZ*{'5559876543':15}*261120*1200*U*00401*000000301*0*P*>~"
        "GS*PO*AMAZON*5559876543*20261120*1200*301*X*004010~"
    )
    return head.encode() + messages + f"GE*{count}*301~IEA*1*000000301~".encode()
