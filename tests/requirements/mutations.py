"""All mutations: for each requirement that is met, what is taken away or spoilt to see that its tests ask for it."""

from tests.requirements.case_mutations import CASES
from tests.requirements.money_mutations import MONEY
from tests.requirements.mutation import Mutation
from tests.requirements.sales_mutations import SALES
from tests.requirements.sap_mutations import SAP
from tests.requirements.stock_mutations import STOCK
from tests.requirements.vendor_mutations import VENDOR

MUTATIONS: tuple[Mutation, ...] = (*VENDOR, *MONEY, *SALES, *STOCK, *CASES, *SAP)
