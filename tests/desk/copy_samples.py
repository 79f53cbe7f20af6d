"""Small pieces of fictional wire copy."""

from zoneinfo import ZoneInfo

from archive import wire
from archive.desk.accept import Received
from archive.models import Source

STORY = """Ministers agree to share the Sable Bank

July 10, 2004 - 22:7

VARRA - Fisheries Minister Mirvan Takhti Rahim said on Saturday that the Sable Bank would be shared.

Takhti-Rahim met the envoy of Kessary for an hour. "We will both fish, and we will both count," he said.

NA/PA
"""


def make_source(slug="varra-wire", zone="Indian/Mahe"):
    return Source.objects.get_or_create(slug=slug, defaults={"name": slug.title(), "zone": zone})[0]


def read(text=STORY, zone="Indian/Mahe"):
    """Return the one record of a text, and the bytes it came as."""
    content = text.encode() if isinstance(text, str) else text
    (record,) = wire.read("story.txt", content, zone=ZoneInfo(zone))
    return record, Received("story.txt", content, record.encoding)
