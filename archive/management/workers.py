"""The option that says how many processes read copy beside the one that writes it."""

from argparse import ArgumentParser


def add_workers(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--workers",
        type=int,
        metavar="N",
        help="processes that look for names and quotes beside the one that writes (default: a core is left "
        "to that; 0 for none)",
    )
