"""The search engines, one a folder or file; all of them pass tests/search/contract.py."""
