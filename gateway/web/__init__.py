"""The console: pages for the people who run the business, each the same query as a verb of the command line.

It needs the extra [web]. `make_app` makes the application, `gateway web` serves it. A page is a function in pages/ that
is handed a Screen: the instance to look at, who asks, and a way to change something that the journal keeps his name of.
"""
