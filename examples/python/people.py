"""Contacts and messages to people and conversations, from data frames.

Run with ``python examples/python/people.py`` after ``pip install bindings/python pandas``.
"""

import pandas as pd

import reknit

contacts = pd.DataFrame(
    {
        "source": ["crm", "crm", "shop", "shop"],
        "id": ["881", "882", "7", "8"],
        "name": ["Ana Petrova", "Bo Lindqvist", "Ana Petrova", "A. Petrova"],
        "email": [None, "bo@lindqvist.example", "ana@petrova.example", "ANA@petrova.example"],
        "phone": ["+49 151 12345678", None, None, "0049 151 12345678"],
    }
)
messages = pd.DataFrame(
    {
        "id": ["m1", "m2", "m3"],
        "sent": ["2026-03-02T10:00:00Z", "2026-03-02T10:40:00Z", "2026-03-02T10:41:00Z"],
        "channel": ["whatsapp", "email", "email"],
        "author": ["+4915112345678", "ana@petrova.example", "bo@lindqvist.example"],
        "text": ["My router is dead, third day now.", "A photo, as asked.", "Thank you for the quick help!"],
    }
)

print(reknit.resolve(contacts))
print(reknit.explain(contacts, ("crm", "881"), ("shop", "8")))
print(reknit.stitch(messages))
print(reknit.classify(["Great, third day with no internet. Love it."], "sentiment"))
