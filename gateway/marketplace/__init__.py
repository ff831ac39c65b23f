"""Orders of single buyers at marketplaces: what is known of each, what is to be done about it, what is wrong."""
