"""The reader's text -> a tree. Never fails: what cannot be read as an operator is read as words, and said.

    either := all (OR all)*              precedence, from loose to tight: OR, AND, proximity, NOT
    all    := near (AND? near)*          the same field twice without AND: either of them
    near   := one ((NEAR/n | PRE/n | /s | /p) one)*
    one    := (NOT | -)* ( word | phrase | field:value | ="exactly" | CAPS(x) | ATLEASTn(x) | "(" either ")" )

Recursion is as deep as brackets are, which `fields.MAX_DEPTH` limits; each token is read once.
"""

import re
from difflib import get_close_matches
from typing import Final, NamedTuple

from archive.search.dates_in_text import end_of_date
from archive.search.fields import (
    BY_TYPED,
    DEFAULT_DISTANCE_WORDS,
    MAX_CLAUSES,
    MAX_DEPTH,
    MAX_QUERY_CHARS,
    MAX_TIMES,
    FieldSpec,
    Kind,
)
from archive.search.hints import hints
from archive.search.neighbours import can_be_near, either_of_same_field, joined, one_value
from archive.search.tokens import QUOTES, Token, has_letter, next_token, unquoted
from archive.search.tree import (
    And,
    AtLeast,
    Caps,
    Choice,
    Exactly,
    Field,
    Leaf,
    Near,
    Node,
    Not,
    Note,
    Or,
    Together,
    Value,
)
from archive.search.words import distance, read_phrase, read_word

_VALUE: Final = re.compile(rf"[^\s()|{QUOTES}]+")
_COMPARISON: Final = re.compile(r">=|<=|>|<|=|≥|≤|")
_COMPARED: Final = re.compile(r"(?:>=|<=|[><≥≤])$")
_BRACKETED: Final = re.compile(
    r"\[\s*([^\[\]\s]{1,40}(?: [^\[\]\s]{1,40}){0,3})\s+(?i:to)\s+([^\[\]]{1,60})\]"
)
# How other archives ask for all that begins so: sanction!, sanction$
_TRUNCATED: Final = re.compile(r"[^\W\d_A-Z]{3,}[!$]")
_UNKNOWN_FIELD: Final = re.compile(r"([A-Za-z]{2,15}):(?!//)\S")
_SAME_COMPARISON: Final = {"≥": ">=", "≤": "<=", "=": ""}
_UNITS: Final = {"s": "sentence", "p": "paragraph"}


class Reading(NamedTuple):
    """How a text was read: a tree, and notes on what was left out or may surprise."""

    tree: And
    notes: list[Note]


def parse(text: str) -> Reading:
    """Read what a reader typed; any text gives a tree."""
    notes = []
    if len(text) > MAX_QUERY_CHARS:
        text = text[:MAX_QUERY_CHARS]
        notes.append(
            Note(f"Only the first {MAX_QUERY_CHARS:,} characters were searched for.", len(text), len(text))
        )
    parser = _Parser(text, notes)
    tree = parser.question()
    return Reading(tree, parser.notes + hints(text, tree))


class _Parser:
    def __init__(self, text: str, notes: list[Note]):
        self.text, self.notes = text, notes
        self.at = self.clauses = self.depth = self.ignored_brackets = 0
        self.field: FieldSpec | None = None
        self._peeked: Token | None = None

    # --- tokens ---------------------------------------------------------------------------------------------

    def _peek(self) -> Token | None:
        if self._peeked is None:
            self._peeked = next_token(self.text, self.at, fields=self.field is None)
        return self._peeked

    def _peek_kind(self) -> str:
        token = self._peek()
        return token.kind if token else "end"

    def _take(self) -> Token:
        token, self._peeked = self._peek(), None
        self.at = token.end
        return token

    def _note(self, sentence: str, token: Token, *choices: Choice) -> None:
        self.notes.append(Note(sentence, token.start, token.end, choices))

    # --- operators ------------------------------------------------------------------------------------------

    def question(self) -> And:
        node = self._either()
        children = node.children if isinstance(node, And) else (node,) if node else ()
        return And(0, len(self.text), children)

    def _either(self) -> Node | None:
        branches = [self._all()]
        while self._peek_kind() == "or":
            token = self._take()
            branches.append(self._all())
            if branches[-1] is None or branches[-2] is None:
                self._note(f"“{token.text}” needs words on both sides; it was left out.", token)
        found = [branch for branch in branches if branch]
        return joined(Or, found)

    def _all(self) -> Node | None:
        runs: list[list[Node]] = [[]]
        while not self._at_end_of_all():
            if self._peek_kind() == "and":
                self._take()
                runs.append([])
            elif node := self._near():
                runs[-1].append(node)
        found = [node for run in runs for node in self._merged(run)]
        return joined(And, found)

    def _at_end_of_all(self) -> bool:
        kind = self._peek_kind()
        return kind in ("end", "or") or (kind == "close" and self.depth > 0 and not self.ignored_brackets)

    def _near(self) -> Node | None:
        left = self._one()
        while self._peek_kind() in ("near", "unit") and not self._in_values:
            token = self._take()
            right = None if self._peek_kind() in ("end", "or", "and", "close") else self._one()
            if left is None or right is None:
                self._note(f"“{_typed(token)}” needs words on both sides; it was left out.", token)
                left = left or right
            elif can_be_near(left) and can_be_near(right):
                left = self._close_to(token, left, right)
            else:
                self._note(
                    f"“{_typed(token)}” works between words, phrases and alternatives; it was read as AND.",
                    token,
                )
                left = joined(And, [left, right])
        return left

    def _close_to(self, token: Token, left: Node, right: Node) -> Node:
        start, end = left.start, right.end
        if token.kind == "unit":
            unit = _UNITS[token.text]
            same = isinstance(left, Together) and left.unit == unit
            return Together(start, end, (*(left.children if same else (left,)), right), unit)
        number = DEFAULT_DISTANCE_WORDS if token.number is None else token.number
        words = distance(number, token.start, token.end, self.notes)
        same = isinstance(left, Near) and (left.distance, left.ordered) == (words, token.ordered)
        return Near(start, end, (*(left.children if same else (left,)), right), words, token.ordered)

    def _one(self) -> Node | None:
        negated, first = False, self._peek()
        while self._peek_kind() in ("not", "minus"):
            self._take()
            negated = not negated
        node = self._primary()
        if node is None and first is not None and first.kind == "not":
            self._note(f"“{first.text}” needs words after it; it was left out.", first)
        if not negated or node is None:
            return node
        return node.child if isinstance(node, Not) else Not(first.start, node.end, node)

    # --- operands -------------------------------------------------------------------------------------------

    def _primary(self) -> Node | None:
        kind = self._peek_kind()
        if kind in ("end", "or", "and") or (kind == "close" and self._at_end_of_all()):
            return None
        token = self._take()
        match kind:
            case "open":
                return self._group(token)
            case "close":
                return self._stray(token)
            case "field":
                return self._field(token)
            case "atleast":
                return self._at_least(token)
        return self._leaf(token)

    def _group(self, token: Token) -> Node | None:
        if self.depth >= MAX_DEPTH:
            self.ignored_brackets += 1
            if self.ignored_brackets == 1:
                self._note(f"Brackets work {MAX_DEPTH} deep; deeper ones were ignored.", token)
            return None
        self.depth += 1
        node = self._either()
        if self._peek_kind() == "close":
            self._take()
        self.depth -= 1
        return node

    def _stray(self, token: Token) -> None:
        if self.ignored_brackets:
            self.ignored_brackets -= 1
        else:
            self._note("A closing bracket without its partner was ignored.", token)

    def _at_least(self, token: Token) -> Node | None:
        child = self._group(token) if self.text[token.end - 1] == "(" else self._counted(token)
        if token.number > MAX_TIMES:
            self._note(f"ATLEAST counts to {MAX_TIMES}.", token)
        times = max(1, min(token.number, MAX_TIMES))
        if self._in_values or child is None or times == 1:
            return child
        each = child.children if isinstance(child, And) else (child,)
        if not all(map(can_be_near, each)):
            self._note("ATLEAST works for words, phrases and alternatives; it was left out.", token)
            return child
        return joined(And, [AtLeast(token.start, self.at, node, times) for node in each])

    def _counted(self, token: Token) -> Node | None:
        """Read the word or phrase that ATLEAST3 stands before, without a bracket."""
        if self._peek_kind() in ("word", "quoted", "exact", "caps"):
            return self._leaf(self._take())
        self._note(f"“ATLEAST{token.number}” needs words after it; it was left out.", token)
        return None

    def _leaf(self, token: Token) -> Node | None:
        if self.clauses >= MAX_CLAUSES:
            if self.clauses == MAX_CLAUSES:
                self._note(f"Only the first {MAX_CLAUSES} words and phrases were searched for.", token)
                self.clauses += 1
            return None
        node = self._value_leaf(token) if self._in_values else self._text_leaf(token)
        self.clauses += node is not None
        return node

    def _text_leaf(self, token: Token) -> Node | None:
        start, end = token.start, token.end
        match token.kind:
            case "exact":
                inner = self._take()
                return _leaf_of(Exactly, start, inner.end, unquoted(inner.text))
            case "caps":
                return _leaf_of(Caps, start, end, token.text)
            case "quoted":
                return read_phrase(token.text, token.number, start, end, self.notes)
            case "word":
                self._look_at_colon(token)
                self._look_at_habits(token)
                return read_word(token.text, start, end, self.notes)
        self._note(f"“{_typed(token)}” needs words on both sides; it was left out.", token)
        return None

    def _look_at_colon(self, token: Token) -> None:
        """Say so where a field may have been meant."""
        name, colon, rest = token.text.partition(":")
        if not colon:
            return
        if self.field:
            if name.lower() in BY_TYPED:
                self._note(f"“{name}:” within a field was read as a word.", token)
            return
        if not rest and name.lower() in BY_TYPED and self.text[token.end :].strip():
            meant = self.text[: token.end] + self.text[token.end :].lstrip()
            choice = Choice(f"{name}:{self.text[token.end :].split()[0]}", meant)
            self._note(
                f"“{name}:” with a space after it was read as a word. Did you mean the field?", token, choice
            )
        elif _UNKNOWN_FIELD.match(token.text) and (
            near := get_close_matches(name.lower(), BY_TYPED, 1, 0.75)
        ):
            meant = f"{self.text[: token.start]}{near[0]}:{rest}{self.text[token.end :]}"
            self._note(f"There is no field “{name}”.", token, Choice(f"{near[0]}:{rest}", meant))

    def _look_at_habits(self, token: Token) -> None:
        """Say so where another archive's sign for any letters may have been meant, or a star came first."""
        if self.text[max(0, token.start - 1) : token.start] == "*":
            self._note(f"A star needs letters before it; “{token.text}” was read without.", token)
        elif _TRUNCATED.fullmatch(token.text):
            meant = token.text.rstrip("!$") + "*"
            choice = Choice(meant, f"{self.text[: token.start]}{meant}{self.text[token.end :]}")
            self._note(f"“{token.text}” was read as a word. Did you mean all its endings?", token, choice)

    # --- fields ---------------------------------------------------------------------------------------------

    @property
    def _in_values(self) -> bool:
        return self.field is not None and self.field.kind is not Kind.TEXT

    def _field(self, token: Token) -> Node | None:
        """Read what a field's colon binds to: one word, a phrase or a group."""
        spec = BY_TYPED[token.text]
        negated = spec.kind is not Kind.SORT and self.text.startswith("-", self.at)
        self.at += negated
        self.field = spec
        try:
            child = self._field_child(spec)
        finally:
            self.field = None
        if child is None:
            self._note(f"“{token.text}:” has nothing to look for; it was left out.", token)
            return None
        field = Field(token.start, self.at, spec.name, child)
        return Not(token.start, self.at, field) if negated else field

    def _field_child(self, spec: FieldSpec) -> Node | None:
        if spec.kind in (Kind.DATE, Kind.NUMBER, Kind.SORT) and not self.text.startswith("(", self.at):
            return self._compared(spec)
        token = next_token(self.text, self.at, fields=False)
        if token and token.start == self.at and token.kind in ("open", "quoted", "exact", "caps", "atleast"):
            return self._primary()
        match = _VALUE.match(self.text, self.at)
        if match is None:
            return None
        self.at = match.end()
        return self._leaf(Token("word", match.start(), match.end(), match.group()))

    def _compared(self, spec: FieldSpec) -> Value | None:
        """Read a day, a number or a range, with `>=` and the like before it."""
        start = self.at
        op = _COMPARISON.match(self.text, self.at).group()
        self.at += len(op)
        op = _SAME_COMPARISON.get(op, op)
        if match := _BRACKETED.match(self.text, self.at):
            low, high = (part.strip().replace("*", "") for part in match.groups())
            self.at = match.end()
            return self._value(f"{low}..{high}", start, "")
        token = next_token(self.text, self.at, fields=False)
        if token and token.kind == "quoted" and token.start == self.at:
            self.at = token.end
            return self._value(token.text, start, op)
        if spec.kind is Kind.DATE:
            end = end_of_date(self.text, self.at)
        else:
            match = _VALUE.match(self.text, self.at)
            end = match.end() if match else self.at
        if end == self.at:
            return None
        typed, self.at = self.text[self.at : end], end
        return self._value(_without_stop(typed), start, op)

    def _value(self, text: str, start: int, op: str) -> Value | None:
        text = unquoted(text)
        self.clauses += 1
        if not has_letter(text) or self.clauses > MAX_CLAUSES:
            return None
        return Value(start, self.at, text, op)

    def _value_leaf(self, token: Token) -> Value | None:
        if token.kind == "exact":
            token = self._take()
        text = token.text.rstrip(",;.") if token.kind == "word" else token.text
        if self.field.kind not in (Kind.DATE, Kind.NUMBER):
            return _leaf_of(Value, token.start, token.end, unquoted(text))
        before = _COMPARED.search(self.text, max(0, token.start - 2), token.start)
        op = before.group() if before else ""
        start, text = token.start - len(op), unquoted(_without_stop(text))
        return Value(start, token.end, text, _SAME_COMPARISON.get(op, op)) if has_letter(text) else None

    def _merged(self, run: list[Node]) -> list[Node]:
        """Join what stands together without AND: words of one value, and the same field asked twice."""
        if self.field is None:
            return either_of_same_field(run)
        if self.field.joins or self.field.kind is Kind.DATE:
            return one_value(run)
        return run


def _without_stop(text: str) -> str:
    """Return a value without what ended the sentence it stood in; 2001.. is a range without an end."""
    text = text.rstrip(",;")
    return text if text.endswith("..") else text.removesuffix(".")


def _leaf_of(kind: type[Leaf], start: int, end: int, text: str) -> Leaf | None:
    return kind(start, end, text) if has_letter(text) else None


def _typed(token: Token) -> str:
    return f"/{token.text}" if token.kind == "unit" else token.text
