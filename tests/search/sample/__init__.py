"""A small app of its own for engine tests: one model, one search index with a field of every type."""
