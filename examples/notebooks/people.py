# %% [markdown]
# # Contacts to people, messages to conversations
# Two systems know the same customers under different keys. Opens as a notebook in Jupyter
# (jupytext) and in most editors; runs as a script as well. Needs `reknit[pandas]`.

# %%
import pandas as pd

import reknit

contacts = pd.DataFrame(
    [
        ("crm", "1", "Ana", "Petrova", "ana.petrova@x.example", "+49 151 23456789"),
        ("crm", "2", "Bo", "Lindqvist", "bo@lindqvist.example", "+46 70 1740605"),
        ("shop", "7", "A.", "PETROVA", "ANA.PETROVA@X.EXAMPLE", "0151/23456789"),
        ("shop", "8", "Chidi", "Okafor", "c.okafor@post.example", None),
    ],
    columns=["source", "id", "first_name", "last_name", "email", "phone"],
)
messages = pd.DataFrame(
    [
        ("m1", "2026-03-02 09:00", "email", "ana.petrova@x.example", "Parcel", "My parcel is late. Terrible!", None),
        ("m2", "2026-03-02 10:00", "email", "desk@shop.example", "Re: Parcel", "Sorry! It left today.", "m1"),
        ("m3", "2026-03-02 12:30", "whatsapp", "+49 151 23456789", None, "It is here, thank you!", None),
    ],
    columns=["id", "sent", "channel", "from", "subject", "text", "in_reply_to"],
)

# %% [markdown]
# Which records are one person? One row comes back for each record, in the same order.

# %%
config = {"default_region": "DE"}
people = reknit.resolve(contacts, config=config)
print(contacts.assign(entity_id=people["entity_id"])[["source", "id", "last_name", "entity_id"]])

# %% [markdown]
# Why? The weights are bits; the prior and the contributions add up to the total.

# %%
why = reknit.explain(contacts, ("crm", "1"), ("shop", "7"), config=config)
print(why["decision"], f"{why['probability']:.4f}")
print(why.waterfall())
why

# %% [markdown]
# Why not? The bits that are missing, what speaks against, and what the two do not share.

# %%
why_not = reknit.explain(contacts, ("crm", "1"), ("crm", "2"), config=config)
print(why_not["why_not"]["missing"], why_not["why_not"]["unmet"])
why_not

# %% [markdown]
# How did a person come about, and what would be without a record?

# %%
print(reknit.how(contacts, ("shop", "7"), config=config).table())
print(reknit.what_if(contacts, ("crm", "1"), config=config)["after"])

# %% [markdown]
# Records come and go: a live engine keeps the entities up to date, and their numbers stay.

# %%
live = reknit.LiveResolver(contacts, config=config)
print(live.upsert({"source": "news", "id": "3", "first_name": "Ana", "last_name": "Petrova", "phone": "0151 23456789"}))
print(live.entities())

# %% [markdown]
# All of it at once: who wrote what, in which conversation, and how it reads.

# %%
outcome = reknit.run(contacts, messages, config={"resolve": config})
print(outcome)
print(outcome.messages[["id", "conversation_id", "entity_id", "label"]])

# %% [markdown]
# One conversation over its channels: sessions shaded, changes of channel as arrows.

# %%
told = messages.assign(entity_id=outcome.messages["entity_id"])
timeline = reknit.timeline(told, outcome.messages["conversation_id"][0])
print(timeline.table()[["id", "channel", "session", "hand_off_from", "gap_ms"]])
timeline
