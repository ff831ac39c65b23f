"""The only reader of config.toml: what can be set, whether it is right, and where it says so.

settings.py declares each key once, with a module for each kind of table; keys.py lists them; positions.py knows where
one stands; checks.py what must hold across tables; reading.py puts them together; reference.py prints
docs/configuration.md.
"""

from gateway.config.alerts import Alerts, Contact
from gateway.config.channels import As2Channel, Channel, FolderChannel, SftpChannel
from gateway.config.charts import chart_problems, charted, has_changed
from gateway.config.checks import rules_that_are_known
from gateway.config.erp import Erp
from gateway.config.keys import keys
from gateway.config.partners import Account, Identity, Partner
from gateway.config.reading import ENVIRONMENT, check_folders, load, locate, read, read_example
from gateway.config.sellers import Accounts, Charted, Marketplace, Seller, SellerStock
from gateway.config.settings import Config, Daemon, Paths
from gateway.grammar.sources import Problem

__all__ = [
    "ENVIRONMENT",
    "Account",
    "Accounts",
    "Alerts",
    "As2Channel",
    "Channel",
    "Charted",
    "Config",
    "Contact",
    "Daemon",
    "Erp",
    "FolderChannel",
    "Identity",
    "Marketplace",
    "Partner",
    "Paths",
    "Problem",
    "Seller",
    "SellerStock",
    "SftpChannel",
    "chart_problems",
    "charted",
    "check_folders",
    "has_changed",
    "keys",
    "load",
    "locate",
    "read",
    "read_example",
    "rules_that_are_known",
]
