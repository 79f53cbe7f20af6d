"""Know who is meant: pure functions over text and an alias table, without a database."""
