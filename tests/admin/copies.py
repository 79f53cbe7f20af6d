"""Copy as agencies file it."""

COPY = """Ministers agree to close cooperation

July 10, 2019 - 22:7

TEHRAN - Ministers of both countries agreed on Wednesday to cooperate closely on water.

"We shall meet again," said Mirvan Takhti Rahim after the talks.

NA/PA
"""
SECOND = """Ferry to Ossa runs again

July 11, 2019 - 08:30

OSSA - The ferry sailed on Thursday after nine days in the harbour.

Passengers waved.

NA/PA
"""
UNDATED = """Harbour dues to rise

VARRA - The harbour dues will rise next year, the council said.
"""
