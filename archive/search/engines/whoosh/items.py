"""Get terms out of a field value: through Whoosh's field types, with short cuts for the common ones.

The short cuts give what `field.index` gives without its token objects and generators, which cost more than
everything else about a field of one value.
"""

from collections import Counter
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from whoosh import fields as whoosh_fields
from whoosh import formats
from whoosh.analysis import IDTokenizer, RegexTokenizer


class Items(NamedTuple):
    """Hold a document's distinct terms in a field, their counts, weights, and all positions in a row.

    `counts` None: one each; `weights` None: equal to the counts.
    """

    terms: list[bytes]
    counts: list[int] | None = None
    weights: list[float] | None = None
    positions: list[int] | None = None

    def weights_with(self, boost: float) -> list[float]:
        weights = self.weights or self.counts or [1.0] * len(self.terms)
        return [weight * boost for weight in weights]


Extractor = Callable[[Any, Any], Items]


def extractor(field: whoosh_fields.FieldType) -> Extractor:
    """Return the function that takes (field, value) and returns the value's Items."""
    if isinstance(field, whoosh_fields.NUMERIC):
        return number_items
    analyzer = getattr(field, "analyzer", None)
    if type(field) in (whoosh_fields.ID, whoosh_fields.KEYWORD) and type(field.format) in _PLAIN_FORMATS:
        if type(analyzer) is IDTokenizer:
            return whole_items
        if type(analyzer) is RegexTokenizer and not analyzer.gaps:
            return pattern_items
    return any_items


_PLAIN_FORMATS: Final = (formats.Existence, formats.Frequency)


def number_items(field: whoosh_fields.NUMERIC, value: Any) -> Items:
    """Return a number or date in full and, for stock Whoosh's ranges, with more and more bits left out."""
    if isinstance(value, list | tuple):
        # each once, where whoosh 2.7.5 repeats the coarse terms that several numbers share
        terms = list(dict.fromkeys(term for one in value for term in number_items(field, one).terms))
    else:
        exact = field.to_bytes(value)
        if isinstance(value, bytes) or not field.shift_step:
            terms = [exact]
        else:
            pack, (number,) = field._struct.pack, field._struct.unpack(exact[1:])
            shifts = range(field.shift_step, field.bits, field.shift_step)
            terms = [exact, *(bytes((shift,)) + pack(number >> shift) for shift in shifts)]
    return Items(terms)


def whole_items(field: whoosh_fields.FieldType, value: Any) -> Items:
    """Return a value, or each of a list, as one term."""
    return _counted(field, value if isinstance(value, list | tuple) else [value])


def pattern_items(field: whoosh_fields.FieldType, value: Any) -> Items:
    """Return what the field's regular expression finds; a list is taken as found already."""
    if isinstance(value, list | tuple):
        return _counted(field, value)
    if not isinstance(value, str):
        raise ValueError(f"{value!r:.80} is not text")
    return _counted(field, [match.group() for match in field.analyzer.expression.finditer(value)])


def _counted(field: whoosh_fields.FieldType, values: list[str]) -> Items:
    for value in values:
        if not isinstance(value, str):
            raise ValueError(f"{value!r:.80} is not text")
    boost, counts = field.format.field_boost, dict.fromkeys(values, 1)
    if len(counts) < len(values) and not isinstance(field.format, formats.Existence):
        counts = Counter(values)
    items = Items([value.encode() for value in counts])
    if len(counts) < len(values):
        items = items._replace(counts=list(counts.values()))
    return items if boost == 1.0 else items._replace(weights=items.weights_with(boost))


def any_items(field: whoosh_fields.FieldType, value: Any) -> Items:
    """Return what the field type itself makes of the value."""
    with_positions, found = field.format.supports("positions"), {}
    for term, count, weight, encoded in field.index(value):
        positions = field.format.decode_positions(encoded) if with_positions else []
        found.setdefault(term, (count, weight, positions))
    if not found:
        return Items([])
    counts, weights, positions = zip(*found.values(), strict=True)
    return Items(list(found), list(counts), list(weights), [p for one in positions for p in one])
