"""A Haystack engine over an ordinary Whoosh index on disk, evaluated with NumPy.

The folder it keeps is trusted data: Whoosh stores pickles, and whoever can write there can run code. The
folder is therefore private (mode 0700), never served, never taken over from elsewhere; a back-up leaves it
out and rebuilds it from the database.
"""


def __getattr__(name: str):
    # Late, so that the parts below (arrays, snapshot, writer) can be imported without a Django project.
    if name == "WhooshEngine":
        from .backend import WhooshEngine

        return WhooshEngine
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
