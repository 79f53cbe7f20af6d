"""The stories and memos that the contract searches: few, and each there for a reason."""

import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from .models import Memo, Story

TEHRAN = ZoneInfo("Asia/Tehran")
GENEVA = 'Geneva, "Palais"'

STORIES = [
    {
        "pk": 1,
        "headline": "Nuclear talks resume in Geneva",
        "lead": "Envoys met on Monday.",
        "body": "Negotiators said the talks would go on for a week. Takht Ravanchi led the delegation.",
        "desk": GENEVA,
        "names": ["Smith, John", "Takht Ravanchi"],
        "codes": ["NA", "PA"],
        "words": 120,
        "weight": 1.5,
        "price": Decimal("12.50"),
        "urgent": True,
        "printed_on": datetime.date(2019, 7, 10),
        "filed_at": datetime.datetime(2019, 7, 10, 21, 30, tzinfo=TEHRAN),
    },
    {
        "pk": 2,
        "headline": "Ferry sails again",
        "lead": "The ferry left the harbour.",
        "body": "Nuclear waste was not on board. The talks about fares continue; talks are slow, talks are dull.",
        "desk": "Varra",
        "names": ["Smith, John"],
        "codes": ["NA"],
        "words": 80,
        "weight": -2.25,
        "price": Decimal("9.99"),
        "urgent": False,
        "printed_on": datetime.date(2019, 7, 31),
        "filed_at": datetime.datetime(2019, 7, 31, 8, 0, tzinfo=datetime.UTC),
    },
    {
        "pk": 3,
        "headline": "Élection at the café",
        "lead": "Voters came early.",
        "body": "The election was quiet; the co-operative shop sold naïve paintings and Zürich chocolate.",
        "desk": "Varra",
        "names": ['O\'Neil "Tip"', "true"],
        "codes": ["true", "PA"],
        "words": 300,
        "weight": 0.0,
        "price": None,
        "urgent": False,
        "printed_on": datetime.date(2020, 1, 1),
        "filed_at": datetime.datetime(2019, 12, 31, 23, 30, tzinfo=datetime.UTC),
    },
    {
        "pk": 4,
        "headline": "مذاکرات هسته‌ای در ژنو",
        "lead": "تخت روانچی در ژنو",
        "body": "گفت‌وگوها ادامه دارد.",
        "desk": "تهران",
        "names": ["تخت روانچی", "Smith, Johnson"],
        "codes": [],
        "words": 5,
        "weight": 3.0,
        "price": Decimal("100.00"),
        "urgent": True,
        "printed_on": datetime.date(2020, 2, 29),
        "filed_at": None,
    },
    {
        "pk": 5,
        "headline": "北京会谈继续",
        "lead": "代表团抵达北京。",
        "body": "核谈判在北京举行。",
        "desk": "北京",
        "names": ["张伟"],
        "codes": ["PA"],
        "words": 5,
        "weight": 3.5,
        "price": None,
        "urgent": False,
        "printed_on": None,
        "filed_at": datetime.datetime(2021, 3, 4, 5, 6, 7, tzinfo=datetime.UTC),
    },
    {
        "pk": 6,
        "headline": "Sanctions sanctions sanctions",
        "lead": "A sanction, sanctioned.",
        "body": 'id:* OR text:reactor [a TO z] {"a": 1} 2019-07-10T00:00:00 true <b>bold</b> & sons',
        "desk": '{"a": 1}',
        "names": [],
        "codes": ["2019-07-10T00:00:00"],
        "words": 0,
        "weight": 1e300,
        "price": Decimal("-1.00"),
        "urgent": False,
        "printed_on": datetime.date(1851, 12, 3),
        "filed_at": datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC),
    },
]

MEMOS = ["A memo about nuclear matters.", "Nothing else."]


def story(pk: int, **values) -> Story:
    """Return an unsaved story; only what matters needs to be said."""
    return Story(pk=pk, **values)


def load() -> tuple[list[Story], list[Memo]]:
    """Save the stories and memos and return them."""
    stories = Story.objects.bulk_create(Story(**values) for values in STORIES)
    memos = Memo.objects.bulk_create(Memo(pk=pk, body=body) for pk, body in enumerate(MEMOS, 1))
    return stories, memos
