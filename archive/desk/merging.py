"""Takes two names for one, and takes that back at any later time.

Merges form a forest: a name points at the one it was merged into directly. A mention remembers whose spelling
it was, so undoing a merge gives every mention back, whatever was merged or undone in between.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from archive.desk.authority import remember
from archive.desk.retagging import articles_with, queue_in_pieces, read_again
from archive.desk.tagging import read_roots
from archive.models import Alias, Entity, Mention, Merge, Quote, Verdict


class MergePreview(NamedTuple):
    """What merging would do; `problems` are sentences that say why it cannot be done."""

    loser: Entity
    winner: Entity
    mentions: int
    articles: int
    quotes: int
    spellings: list[str]
    problems: list[str]

    def __str__(self):
        mentions = f"{self.mentions:,} mention{'' if self.mentions == 1 else 's'}"
        articles = f"{self.articles:,} article{'' if self.articles == 1 else 's'}"
        return f"moves {mentions} in {articles}"


def preview_merge(loser: Entity, winner: Entity) -> MergePreview:
    """Say what merging `loser` into `winner` would do, without writing anything."""
    mentions = Mention.objects.filter(entity=loser)
    return MergePreview(
        loser,
        winner,
        mentions=mentions.count(),
        articles=mentions.values("article").distinct().count(),
        quotes=Quote.objects.filter(speaker=loser).count(),
        spellings=list(
            Alias.objects.filter(entity__in=family_of(loser)).values_list("text", flat=True)[:200]
        ),
        problems=_problems(loser, winner),
    )


def _problems(loser: Entity, winner: Entity) -> list[str]:
    problems = []
    if loser.pk == winner.pk:
        problems.append("These are the same name already.")
    for entity in (loser, winner):
        if entity.merged_into_id is not None:
            problems.append(f"{entity} was merged into {entity.merged_into} already.")
    if not problems and (verdict := find_difference(loser, winner)):
        who = f" by {verdict.by}" if verdict.by else ""
        why = f": {verdict.why}" if verdict.why else "."
        problems.append(f"They were marked as two different names{who} on {verdict.at:%-d %B %Y}{why}")
    return problems


@transaction.atomic
def merge(loser: Entity, winner: Entity, *, by, why: str = "") -> Merge:
    """Let `winner` stand for `loser` too; the loser's address leads to the winner's.

    Raise ValidationError, saying why, if one of them is merged already or they were marked as different: so
    no circle can come about.
    """
    both = Entity.objects.select_for_update(of=("self",)).in_bulk({loser.pk, winner.pk})
    loser, winner = both[loser.pk], both[winner.pk]
    problems = _problems(loser, winner)
    if problems:
        raise ValidationError(problems)
    affected = _affected([loser.pk], [winner.pk])
    articles = _articles_naming([loser.pk])
    loser.merged_into = winner
    loser.save(update_fields=["merged_into", "changed_at"])
    Mention.objects.filter(entity=loser).update(entity=winner)
    Quote.objects.filter(speaker=loser).update(speaker=winner)
    made = Merge.objects.create(loser=loser, winner=winner, by=by, why=why)
    remember(loser, f"Merged into {winner}.", by, why)
    remember(winner, f"{loser} was merged into it.", by, why)
    queue_in_pieces(articles)
    read_again(affected, f"{loser} was merged into {winner}")
    return made


@transaction.atomic
def undo_merge(made: Merge, *, by, why: str = "") -> Entity:
    """Make the loser of a merge a name of its own again, with all that is its own, and return it.

    What was merged into the loser stays with it. Raise ValidationError if the merge was undone already.
    """
    made = Merge.objects.select_for_update(of=("self",)).select_related("loser", "winner").get(pk=made.pk)
    if made.undone_at is not None:
        raise ValidationError("This merge was undone already.")
    loser = made.loser
    loser.merged_into = None
    loser.save(update_fields=["merged_into", "changed_at"])
    made.undone_at, made.undone_by = timezone.now(), by
    made.save(update_fields=["undone_at", "undone_by"])
    family = family_of(loser)
    root_id = read_roots().get(made.winner_id, made.winner_id)
    Mention.objects.filter(registered__in=family).update(entity=loser)
    Quote.objects.filter(registered__in=family).update(speaker=loser)
    remember(loser, f"Taken out of {made.winner} again.", by, why)
    remember(made.winner, f"{loser} was taken out again.", by, why)
    queue_in_pieces(_articles_naming([loser.pk]))
    read_again(_affected([loser.pk], [root_id]), f"{loser} was taken out of {made.winner}")
    return loser


def family_of(entity: Entity) -> set[int]:
    """Return the numbers of a name and of all names merged into it, directly or not."""
    into = defaultdict(list)
    rows = Entity.objects.filter(merged_into__isnull=False).values_list("pk", "merged_into_id")
    for pk, target in rows:
        into[target].append(pk)
    family, wanted = set(), [entity.pk]
    while wanted:
        pk = wanted.pop()
        if pk not in family:
            family.add(pk)
            wanted += into[pk]
    return family


def find_difference(one: Entity, other: Entity) -> Verdict | None:
    """Find what says that two names, or names merged into them, are different."""
    first, second = family_of(one), family_of(other)
    pairs = Q(entity__in=first, other__in=second) | Q(entity__in=second, other__in=first)
    return Verdict.objects.filter(pairs, kind=Verdict.Kind.DIFFERENT).select_related("by").first()


def _articles_naming(roots: Iterable[int]) -> set[int]:
    named = set(Mention.objects.filter(entity__in=roots).values_list("article_id", flat=True))
    return named | set(Quote.objects.filter(speaker__in=roots).values_list("article_id", flat=True))


def _affected(one: list[int], other: list[int]) -> set[int]:
    """Return the articles in which it matters whether two names are one.

    Those that name both, where a surname may have been left in doubt, and those that may hold a spelling
    that both have.
    """
    both = _articles_naming(one) & _articles_naming(other)
    keys = [_spellings(roots) for roots in (one, other)]
    shared = {text for key in keys[0].keys() & keys[1].keys() for text in (*keys[0][key], *keys[1][key])}
    return both | (set(articles_with(sorted(shared))) if shared else set())


def _spellings(roots: list[int]) -> dict[str, list[str]]:
    """Return the spellings of names and of all that were merged into them, by folded spelling."""
    family = set().union(*(family_of(entity) for entity in Entity.objects.filter(pk__in=roots)))
    found = defaultdict(list)
    for key, text in Alias.objects.filter(entity__in=family).values_list("key", "text"):
        found[key].append(text)
    return found


def get_root(entity: Entity) -> Entity:
    """Return the name that stands for `entity` now; a query for each merge between, none if it is current."""
    seen = set()
    while entity.merged_into_id is not None and entity.pk not in seen:
        seen.add(entity.pk)
        entity = entity.merged_into
    return entity
