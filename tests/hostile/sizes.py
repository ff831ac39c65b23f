"""Files that would cost too much: each limit is told, and what passes one is not read to its end."""

from tests.hostile.hostile import EDIFACT_HEAD, ERP, Hostile, changed, edifact, x12

LARGE = ("message-too-large",)


def lines(n: int, count: int) -> str:
    line = "PO1*1*24*EA*7.25*PE*UP*614141000012~\n"
    return changed(n, (line, line * count))


SIZES = {
    "a segment of 2 MB": Hostile("1 MB a segment", lambda n: x12(n, description="X" * 2_000_000), codes=LARGE),
    "a segment of 2 MB in EDIFACT": Hostile("1 MB a segment", lambda n: edifact(n, text="X" * 2_000_000), codes=LARGE),
    "a lost terminator": Hostile(
        "1 MB a segment", lambda n: x12(n)[:300] + x12(n)[300:].replace("~", "") + "A*B" * 500_000, codes=LARGE
    ),
    "100,001 segments": Hostile(
        "200,000 segments a message", lambda n: changed(n, ("CSH*Y~\n", "CSH*Y~\n" * 200_001)), codes=LARGE
    ),
    "100,001 segments in EDIFACT": Hostile(
        "200,000 segments a message",
        lambda n: changed(n, ("RFF+CR:ACME5'\n", "RFF+CR:ACME5'\n" * 200_001), base=edifact),
        codes=LARGE,
    ),
    "20,001 lines": Hostile("20,000 lines a message", lambda n: lines(n, 20_001), codes=LARGE),
    "20,001 lines in EDIFACT": Hostile(
        "20,000 lines a message",
        lambda n: changed(n, ("LIN+1++4012345000016:EN'\n", "LIN+1'" * 20_001), base=edifact),
        codes=LARGE,
    ),
    "33 MB": Hostile("32 MB a file", lambda n: x12(n).encode() + b" " * 33_000_000, codes=("file-too-large",)),
    "33 MB for us from the ERP": Hostile(
        "32 MB a file", lambda _: b" " * 33_000_000, codes=("file-too-large",), folder=ERP, name=b"%.json"
    ),
    "31 MB of one segment": Hostile("1 MB a segment", lambda n: x12(n).encode()[:400] + b"A" * 31_000_000, codes=LARGE),
    "10,000 unknown segments": Hostile(
        "of what is tolerated two thousand are told", lambda n: changed(n, ("CSH*Y~\n", "XX~\n" * 10_000))
    ),
    "a segment of 100,000 elements": Hostile("elements are counted", lambda n: x12(n, contact="*" * 100_000), "either"),
    "an element of 100,000 components": Hostile(
        "components are counted", lambda n: x12(n, contact=">" * 100_000), "either"
    ),
    "half a million ISA": Hostile("headers are not read again and again", lambda _: b"ISA*" * 500_000),
    "half a million UNB": Hostile("headers are not read again and again", lambda _: b"UNB+" * 500_000),
    "half a million UNA": Hostile("headers are not read again and again", lambda _: b"UNA:+.? '" * 200_000),
    "a million terminators": Hostile("nothing is nothing", lambda n: x12(n).partition("BEG")[0] + "~" * 1_000_000),
    "a million stray segments": Hostile(
        "strays are told twenty times", lambda n: changed(n, ("GS*PO", "AB*1~" * 200_000 + "GS*PO"))
    ),
    "a million blanks before the header": Hostile("blanks are passed over", lambda n: " " * 60_000 + x12(n), "either"),
    "a message that is opened again and again": Hostile(
        "each is a message of its own",
        lambda n: EDIFACT_HEAD.format(n=n) + "UNH+1+ORDERS:D:96A:UN:EAN008'" * 100 + f"UNZ+1+{n}'",
    ),
    "a hundred refused messages": Hostile(
        "each is told",
        lambda n: (
            EDIFACT_HEAD.format(n=n)
            + "".join(f"UNH+{m}+ORDERS:D:96A:UN:EAN008'BGM+220'UNT+3+{m}'" for m in range(1, 101))
            + f"UNZ+100+{n}'"
        ),
    ),
}
