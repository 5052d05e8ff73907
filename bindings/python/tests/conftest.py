"""A small invented company: contacts of two systems, and what was written."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture
def contacts() -> list[dict[str, Any]]:
    people = [
        ("Ana", "Petrova", "ana.petrova@x.example", "+49 151 23456789", "Ulm"),
        ("Bo", "Lindqvist", "bo@lindqvist.example", "+46 70 1740605", "Lund"),
        ("Chidi", "Okafor", "c.okafor@post.example", "+234 803 1234567", "Lagos"),
        ("Dolores", "Fuentes", "dolores@fuentes.example", "+34 612 345678", "Cádiz"),
        ("Emil", "Novák", "emil.novak@mail.example", "+420 601 123456", "Brno"),
        ("Fatima", "Haddad", "fatima@haddad.example", "+212 650 123456", "Fès"),
    ]
    rows = []
    for number, (first, last, email, phone, city) in enumerate(people, 1):
        rows.append(
            {"source": "crm", "id": f"c{number}", "first_name": first, "last_name": last, "email": email,
             "phone": phone, "city": city}
        )
        rows.append(
            {"source": "shop", "id": f"s{number}", "first_name": first[0] + ".", "last_name": last.upper(),
             "email": email.upper(), "phone": phone.replace(" ", ""), "city": None}
        )
    return rows


@pytest.fixture
def messages() -> list[dict[str, Any]]:
    return [
        {"id": "m1", "sent": "2026-03-02T09:00:00Z", "channel": "email", "from": "ana.petrova@x.example",
         "to": "desk@shop.example", "subject": "Parcel", "text": "My parcel is late, I am very disappointed.",
         "in_reply_to": None},
        {"id": "m2", "sent": "2026-03-02T10:00:00Z", "channel": "email", "from": "desk@shop.example",
         "to": "ana.petrova@x.example", "subject": "Re: Parcel", "text": "It left today.", "in_reply_to": "m1"},
        {"id": "m3", "sent": "2026-03-02T11:00:00Z", "channel": "email", "from": "bo@lindqvist.example",
         "to": "desk@shop.example", "subject": "Invoice", "text": "Thank you, great service!",
         "in_reply_to": None},
    ]  # fmt: skip
