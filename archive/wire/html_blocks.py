"""Foreign tags and text -> canonical HTML.

Canonical HTML is what this project keeps and shows. It is well formed by construction:

- blocks are p, h2, h3, h4, blockquote, ul, ol, li and table (tbody, tr, td, th), nested as the standard
  wants; text outside li, td and th always stands in p, h2, h3 or h4; nothing is empty but table cells;
- inside blocks stand only a[href], b, br, em, i, strong, sub and sup, properly nested, never twice in
  themselves;
- blanks are single spaces, never at the ends of a block or beside <br>; two <br> are a new paragraph;
- `&`, `<` and `>` are escaped in text, and nothing else is.

Building canonical HTML from canonical HTML gives the same again. Depth is bounded by MAX_DEPTH, deeper
containers are flattened; time and memory are linear in the input.
"""

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

from .decoding import remove_unwanted
from .html_inline import INLINE, Inline, render_runs, safe_href
from .html_tokens import OPEN, TEXT, Token, find_attribute

LEAVES: Final = {"p": "p", "h1": "h2", "h2": "h2", "h3": "h3", "h4": "h4", "h5": "h4", "h6": "h4"}
CONTAINERS: Final = frozenset(("blockquote", "ul", "ol", "table"))
CELLS: Final = frozenset(("td", "th"))
EMPTY_CELLS: Final = frozenset(f"<{cell}></{cell}>" for cell in CELLS)
BLOCK_TAGS: Final = frozenset(LEAVES.values()) | CONTAINERS | CELLS | {"li", "tbody", "tr"}
CANONICAL_TAGS: Final = BLOCK_TAGS | INLINE | {"br"}

# Elements of other block-like names end a paragraph; names in neither list are transparent.
BOUNDARIES: Final = frozenset(
    (
        "address", "article", "aside", "body", "caption", "center", "dd", "details", "dialog", "dir",
        "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "header", "hgroup",
        "hr", "html", "legend", "main", "menu", "nav", "option", "pre", "search", "section", "summary",
        "tbody", "tfoot", "thead",
    )
)  # fmt: skip
# Elements that are dropped with all they hold; raw-text elements are dropped earlier.
DROPPED: Final = frozenset(("math", "select", "svg", "template"))

MAX_DEPTH: Final = 24
MAX_OPEN_INLINE: Final = 64
_BLANKS: Final = re.compile(r"\s+")


class _OpenInline(NamedTuple):
    inline: Inline
    level: int


class _Node:
    """Hold a block and its children: nodes, or strings of finished inline HTML."""

    __slots__ = ("children", "tag")

    def __init__(self, tag: str, *children: "_Node | str"):
        self.tag = tag
        self.children: list[_Node | str] = list(children)

    def render(self) -> str:
        rendered = [child if isinstance(child, str) else child.render() for child in self.children]
        inner = "".join(rendered)
        if self.tag == "tr" and EMPTY_CELLS.issuperset(rendered):
            return ""
        if not inner and self.tag not in CELLS:
            return ""
        if self.tag == "table":
            return f"<table><tbody>{inner}</tbody></table>"
        return f"<{self.tag}>{inner}</{self.tag}>" if self.tag else inner


def build(tokens: Iterable[Token]) -> str:
    """Build canonical HTML from `tokens`, whatever they are."""
    builder = _Builder()
    dropping, depth = "", 0
    for token in tokens:
        if dropping:
            if token.name == dropping and not _is_self_closing(token):
                depth += 1 if token.kind == OPEN else -1
            dropping = dropping if depth else ""
        elif token.kind == TEXT:
            builder.add_text(token.value)
        elif token.kind == OPEN and token.name in DROPPED:
            dropping, depth = (token.name, 1) if not _is_self_closing(token) else ("", 0)
        elif token.kind == OPEN:
            builder.open(token)
        else:
            builder.close(token.name)
    return builder.finish()


def _is_self_closing(token: Token) -> bool:
    """Tell whether a tag ends in "/>", which counts for SVG and MathML only."""
    return token.value.endswith("/") and token.name in ("svg", "math")


class _Builder:
    """Keep the open blocks, the open inline elements and the text of the current run."""

    def __init__(self) -> None:
        self.stack: list[_Node] = [_Node("")]
        self.leaf = ""  # the p or heading that the run belongs to, "" if none was opened
        self.inline: list[_OpenInline] = []
        self.active: tuple[Inline, ...] = ()
        self.run: list[tuple[tuple[Inline, ...], str]] = []
        self.flattened: dict[str, int] = {}
        self.open_quotes = 0

    def add_text(self, text: str) -> None:
        text = _BLANKS.sub(" ", remove_unwanted(text))
        if text and (self.run or text != " "):
            self.run.append((self.active, text))

    def open(self, token: Token) -> None:
        name = token.name
        if name in INLINE:
            self._open_inline(Inline(name, safe_href(_href_of(token)) if name == "a" else ""))
        elif name == "br":
            self.run.append((self.active, "\n"))
        elif name == "q":
            self.open_quotes += 1
            self.add_text("“")
        elif name in LEAVES:
            self._end_leaf()
            self.leaf = LEAVES[name]
        elif name in CONTAINERS:
            self._open_container(name)
        elif name == "li" or name == "tr" or name in CELLS:
            self._open_item(name)
        elif name in BOUNDARIES:
            self._pass_boundary()

    def close(self, name: str) -> None:
        if name in INLINE:
            self._close_inline(name)
        elif name == "q" and self.open_quotes:
            self.open_quotes -= 1
            self.add_text("”")
        elif name in LEAVES:
            self._end_leaf()
        elif name in CONTAINERS or name in ("li", "tr") or name in CELLS:
            self._close_block(name)
        elif name in BOUNDARIES:
            self._pass_boundary()

    def finish(self) -> str:
        self._end_leaf()
        return self.stack[0].render()

    # Inline elements. An element opened inside a block ends with it at the latest.

    def _open_inline(self, inline: Inline) -> None:
        if inline.tag == "a":
            self._close_inline("a")
        if len(self.inline) < MAX_OPEN_INLINE:
            self.inline.append(_OpenInline(inline, 2 * len(self.stack) + bool(self.leaf)))
            self._note_active()

    def _close_inline(self, tag: str) -> None:
        for index in reversed(range(len(self.inline))):
            if self.inline[index].inline.tag == tag:
                del self.inline[index]
                self._note_active()
                return

    def _end_inline_above(self, level: int) -> None:
        if self.inline and any(opened.level > level for opened in self.inline):
            self.inline = [opened for opened in self.inline if opened.level <= level]
            self._note_active()

    def _note_active(self) -> None:
        """Note the elements that hold from here on: each tag once, no link without an address."""
        inlines = (opened.inline for opened in self.inline)
        self.active = tuple(dict.fromkeys(inline for inline in inlines if inline.tag != "a" or inline.href))

    # Blocks.

    def _end_leaf(self) -> None:
        self._flush()
        self.leaf = ""
        self._end_inline_above(2 * len(self.stack))

    def _pass_boundary(self) -> None:
        """End the paragraph; a heading goes on, since headings are often wrapped in other elements."""
        if self.leaf.startswith("h"):
            self.add_text(" ")
        else:
            self._end_leaf()

    def _open_container(self, name: str) -> None:
        self._end_leaf()
        if len(self.stack) >= MAX_DEPTH:
            self.flattened[name] = self.flattened.get(name, 0) + 1
            return
        self._ensure_room()
        self._push(name)

    def _ensure_room(self) -> None:
        """Open the item or cell that a block needs inside a list or a table."""
        if self.stack[-1].tag in ("ul", "ol"):
            self._push("li")
        elif self.stack[-1].tag in ("table", "tr"):
            self._open_item("td")

    def _open_item(self, name: str) -> None:
        """Open li, tr, td or th in the list or table it belongs to; elsewhere it only ends a paragraph."""
        self._end_leaf()
        if name == "li":
            home = self._find_open(("ul", "ol"), barriers=("table", "blockquote"))
        elif name == "tr":
            home = self._find_open(("table",), barriers=())
        else:
            home = self._find_open(("tr", "table"), barriers=())
        if home is None:
            return
        self._pop_to(home)
        if name in CELLS and self.stack[-1].tag == "table":
            self._push("tr")
        self._push(name)

    def _close_block(self, name: str) -> None:
        self._end_leaf()
        if self.flattened.get(name):
            self.flattened[name] -= 1
            return
        barriers = {"table": (), "tr": ("table",), "td": ("table",), "th": ("table",)}.get(name, ("td", "th"))
        if name == "li":
            barriers = ("ul", "ol", "td", "th")
        index = self._find_open((name,), barriers=barriers)
        if index is not None:
            self._pop_to(index - 1)

    def _find_open(self, names: tuple[str, ...], *, barriers: tuple[str, ...]) -> int | None:
        for index in range(len(self.stack) - 1, 0, -1):
            if self.stack[index].tag in names:
                return index
            if self.stack[index].tag in barriers:
                return None
        return None

    def _push(self, name: str) -> None:
        node = _Node(name)
        self.stack[-1].children.append(node)
        self.stack.append(node)

    def _pop_to(self, index: int) -> None:
        del self.stack[index + 1 :]
        self._end_inline_above(2 * len(self.stack) + 1)

    def _flush(self) -> None:
        """Write the run into the open block, in the leaf it belongs to."""
        if not self.run:
            return
        parent = self.stack[-1]
        is_first = parent.tag in ("li", *CELLS) and not parent.children
        is_bare = not self.leaf and (is_first or parent.tag in ("ul", "ol", "table", "tr"))
        runs = render_runs(self.run, can_split=self.leaf in ("", "p") and not is_bare)
        self.run = []
        for run in runs:
            node: _Node | str = run if is_bare else _Node(self.leaf or "p", run)
            self._place(node)

    def _place(self, node: "_Node | str") -> None:
        parent = self.stack[-1]
        if parent.tag in ("ul", "ol"):
            node = _Node("li", node)
        elif parent.tag in ("table", "tr"):
            node = _Node("td", node)
            node = _Node("tr", node) if parent.tag == "table" else node
        parent.children.append(node)


def _href_of(token: Token) -> str:
    return find_attribute(token.value, "href") or ""
