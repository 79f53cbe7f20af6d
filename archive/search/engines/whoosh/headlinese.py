"""Words that headlines and copy use for the same: mulls and considers, jobless and unemployment.

Headlines have a vocabulary of their own (headlinese), made of short words; wire copy has abbreviations for
what every report counts; and what a country does is said of it or of its people (Dutch, Netherlands). Each
row has words that stand for each other, in plain forms: their endings follow from stemming. The rows are the
usage of the trade, not taken from a corpus. Like kindred words they make no document a hit: they lift one.
"""

from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from typing import Final

from .analysis import stem_words

ROWS: Final = """
accord agreement pact deal treaty
acquire buy purchase
aide adviser assistant
aim seek want
allege claim
alter change
appoint name
approve okay ok clear endorse
ask request urge call
assail attack criticise criticize slam blast condemn rap
attack raid strike assault
average avg
axe cut slash reduce trim
ban bar prohibit forbid outlaw
barrel bbl
begin start open launch
bid offer
billion bln bn
blaze fire
blast explosion bomb
block halt prevent stop
boost raise increase lift hike
boss chief head chairman executive
buyout takeover acquisition
car auto automobile vehicle
cent cts
clash fight battle
close shut
company firm co
complete finish
corporation corp
cop police
curb limit restrain restrict
dead death die toll kill
decline fall drop slip dip decrease
defer delay postpone
deny reject dismiss
department dept
dispute row feud
dividend payout div
dollar dlr
drive campaign
earnings profit income net
envoy ambassador
expand widen extend
expect see forecast
eye consider study mull weigh
factory plant
find discover
first 1st
forecast predict project
fourth 4th
gain rise increase advance climb
get receive win
government govt
grant give
hold stake
hostage captive
hurt injure wound
incorporated inc
international intl
january jan
february feb
april apr
august aug
september sept sep
october oct
november nov
december dec
jail prison
job work post
jobless unemployment unemployed
jump soar surge leap rise
kill murder slay
law legislation bill
leader head chief
limited ltd
link tie connect
maker manufacturer producer
meeting talks
merge merger combine
military army troops
million mln mn
ministry minister
national natl
negotiation talks
offer propose proposal
oil petroleum crude
order instruct
oust remove
output production
pay payment
percent pct percentage
plane aircraft jet airliner
pledge promise vow
plunge fall drop tumble sink
poll survey election vote
pound stg sterling
probe investigation inquiry
protest demonstration
quake earthquake
quarter qtr
quarterly qtly
quit resign leave
rally rise
reject refuse
repurchase buyback
reveal disclose
revenue rev
second 2nd
share shr stock
ship vessel
shun avoid
slow slowdown
spark cause
split divide
stake share holding interest
steady unchanged
subsidiary unit division
sue suit lawsuit
swap exchange
tap appoint
third 3rd
trade commerce
union labour labor
unveil announce
urge ask call
versus vs
warn caution
world global
worker employee
year yr
american america us
british britain uk
chinese china
danish denmark
dutch netherlands holland
ec eec european
eu european
finnish finland
french france
german germany
greek greece
hungarian hungary
irish ireland
norwegian norway
philippine filipino
polish poland
portuguese portugal
russian russia
soviet ussr
spanish spain
swedish sweden
swiss switzerland
thai thailand
turkish turkey
un nations
welsh wales
"""


@cache
def _table() -> Mapping[str, tuple[str, ...]]:
    table: dict[str, dict[str, None]] = defaultdict(dict)
    for row in ROWS.split("\n"):
        terms = [term for _, _, term, _ in stem_words(row)]
        for term in terms:
            table[term].update(dict.fromkeys(other for other in terms if other != term))
    return {term: tuple(others) for term, others in table.items()}


def alike(term: str) -> tuple[str, ...]:
    """Return the terms that news uses for the same as a term; none for most."""
    return _table().get(term, ())
