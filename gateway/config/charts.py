"""A seller's chart of accounts on disk: read with the configuration, and again whenever the file has changed.

Finance keeps the file while the gateway runs. A row that is wrong is left out, and said; a file that is no chart at all
leaves the seller without one. Neither stops what has nothing to do with it, so neither is a fault of config.toml.
"""

from gateway.config.sellers import Charted, Seller
from gateway.config.settings import Config
from gateway.finance.chart import read_chart
from gateway.grammar.sources import Problem


def chart_problems(config: Config) -> list[Problem]:
    """What is wrong with the charts of all sellers, each with its file and line."""
    return [problem for seller in config.sellers.values() for problem in seller.charted.problems]


def has_changed(seller: Seller) -> bool:
    """Whether the file is another than the one that was read."""
    return _stamp(seller) != seller.charted.stamp


def charted(seller: Seller) -> Charted:
    """The chart as the file has it now."""
    file = str(seller.chart)
    stamp = _stamp(seller)  # before it is read: what is written meanwhile is read the next time
    try:
        text = seller.chart.read_bytes().decode("utf-8-sig")
    except OSError as error:
        said = f"the chart of sellers.{seller.name} cannot be read: {error.strerror}; `gateway init` writes one"
        return Charted(None, (Problem(file, None, said),), stamp)
    except UnicodeDecodeError as error:
        said = f"not UTF-8 at byte {error.start}: save it as UTF-8"
        return Charted(None, (Problem(file, None, said),), stamp)
    chart, problems = read_chart(text, seller.accounts.model_dump())
    return Charted(chart, tuple(Problem(file, line, said) for line, said in problems), stamp)


def _stamp(seller: Seller) -> tuple[int, ...]:
    """What tells one version of the file from another; nothing where there is none."""
    try:
        found = seller.chart.stat()
    except OSError:
        return ()
    return found.st_mtime_ns, found.st_size, found.st_ino
