"""Playing the other side: what Amazon and the ERP do, against an instance, for demonstrations and tests."""
