"""Tensors that are no GRU's, or not as grucc reads one: named, with the way out (E)."""
from cases import Case, run_all
from safetensors_file import file_of, gru_file, gru_shapes, tensors

cases = []
OTHER = "no weights of another network make a GRU: train a torch.nn.GRU"
CELL = "a GRUCell is a GRU of one layer: add _l0 to the names of its tensors"


def bad(name, shapes, expect, notes, args=(), dtypes={}):
    cases.append(Case(name, {"net.safetensors": file_of(tensors(shapes, dtypes=dtypes))}, ["net.safetensors", *args],
                      r"^net\.safetensors: error: " + expect, notes=[f"net.safetensors: note: {n}" for n in notes]))


def gates(count, prefix="", suffix="_l0", h=2, i=3):
    return {f"{prefix}weight_ih{suffix}": [count * h, i], f"{prefix}weight_hh{suffix}": [count * h, h],
            f"{prefix}bias_ih{suffix}": [count * h], f"{prefix}bias_hh{suffix}": [count * h]}


def renamed(shapes, name, *parts):
    """The tensor `name` kept in parts of other names."""
    shape = shapes[name]
    return {**{n: s for n, s in shapes.items() if n != name}, **{part: shape for part in parts}}


# Other networks under torch's names, by the shape of weight_hh.
LSTM = r"{}: found shape \[8, 2\], an LSTM's four gates, expected a GRU's three: \[3 \* hidden_size, hidden_size\]"
RNN = r"{}: found shape \[2, 2\], a plain RNN without gates, expected a GRU's three"
bad("LSTM", gates(4), LSTM.format("weight_hh_l0"), [OTHER])
bad("LSTM without biases", {n: s for n, s in gates(4).items() if "weight" in n}, LSTM.format("weight_hh_l0"), [OTHER])
bad("plain RNN", gates(1), RNN.format("weight_hh_l0"), [OTHER])
bad("LSTM under a prefix", gates(4, "lstm."), LSTM.format(r"lstm\.weight_hh_l0"), [OTHER])
bad("LSTM under its prefix", gates(4, "lstm."), LSTM.format(r"lstm\.weight_hh_l0"), [OTHER], ["--prefix=lstm."])
bad("LSTM with projections", {**gates(4), "weight_hh_l0": [8, 1], "weight_hr_l0": [1, 2]},
    r"weight_hr_l0: found the projection of an LSTM, expected a GRU's tensors", [OTHER])
bad("LSTMCell", gates(4, suffix=""), LSTM.format("weight_hh"), [OTHER])
bad("RNNCell", gates(1, suffix=""), RNN.format("weight_hh"), [OTHER])
bad("GRUCell", gates(3, suffix=""), r"(weight|bias)_[ih]h: found a GRUCell's tensor, expected a GRU's: (weight|bias)_[ih]h_l0", [CELL])
bad("GRUCell under a prefix", gates(3, "cell.", ""), r"cell\.weight_ih: found a GRUCell's tensor, expected a GRU's: cell\.weight_ih_l0", [CELL])

# What torch keeps instead of a tensor, and what makes one of it.
UTILS = "torch.nn.utils.{}(gru, '{}') before gru.state_dict() makes it one tensor"
PART = r"{}: found a part of {} under {}, expected the tensor itself"
for prefix, args in [("", []), ("enc.", []), ("enc.", ["--prefix=enc."])]:
    for name, parts, under, function in [
            ("weight_hh_l0", ["weight_hh_l0_g", "weight_hh_l0_v"], "weight_norm", "remove_weight_norm"),
            ("weight_hh_l0", ["parametrizations.weight_hh_l0.original0", "parametrizations.weight_hh_l0.original1"],
             "weight_norm", "parametrize.remove_parametrizations"),
            ("weight_ih_l0", ["parametrizations.weight_ih_l0.original", "parametrizations.weight_ih_l0.0.base"],
             "a parametrization", "parametrize.remove_parametrizations"),
            ("weight_hh_l0", ["weight_hh_l0_orig", "weight_hh_l0_mask"], "pruning", "prune.remove"),
            ("weight_ih_l0", ["weight_ih_l0_orig", "weight_ih_l0_u", "weight_ih_l0_v"], "spectral_norm",
             "remove_spectral_norm")]:
        shapes = renamed(gru_shapes(prefix=prefix), prefix + name, *[prefix + p for p in parts])
        pattern = PART.format(prefix + parts[0], prefix + name, under).replace(".", r"\.")
        bad(f"{parts} under '{prefix}' {args}", shapes, pattern, [UTILS.format(function, name)], args)
bad("a pruned bias", renamed(gru_shapes(), "bias_hh_l0", "bias_hh_l0_mask", "bias_hh_l0_orig"),
    PART.format("bias_hh_l0_mask", "bias_hh_l0", "pruning"), [UTILS.format("prune.remove", "bias_hh_l0")])

# A whole model: all its GRUs are listed, whatever else is there, and wherever it was wrapped.
BN = {"bn.weight": [8], "bn.running_mean": [8], "bn.num_batches_tracked": []}
WHOLE = {**BN, **gru_shapes(prefix="enc."), **gru_shapes(prefix="dec.", layers=2, bidirectional=True), **gates(4, "lstm.")}
TAKES = " takes the tensors under that name"
for wrap in ("", "module.", "_orig_mod.", "model.", "_orig_mod.module."):
    bad(f"whole model in '{wrap}'", {wrap + n: s for n, s in WHOLE.items()},
        r".*bn\.weight: found a tensor that is not the GRU's",
        [f"--prefix={wrap}dec. or --prefix={wrap}enc.{TAKES}"], dtypes={wrap + "bn.num_batches_tracked": "I64"})
    bad(f"a GRU in '{wrap}rnn.'", gru_shapes(prefix=wrap + "rnn."), r".*weight_ih_l0: found a tensor that is not",
        [f"--prefix={wrap}rnn.{TAKES}"])
MANY = {n: s for k in range(20) for n, s in gru_shapes(prefix=f"g{k:02}.", bias=False).items()}
bad("twenty GRUs", MANY, r"g00\.weight_ih_l0: found a tensor that is not the GRU's",
    [" or ".join(f"--prefix=g{k:02}." for k in range(16)) + " or one of 4 others" + TAKES])
bad("a prefix without its dot", WHOLE, r"prefix: found 'enc', expected 'enc\.'", [f"--prefix=enc.{TAKES}"], ["--prefix=enc"])
bad("a wrapped prefix without its dot", {"module." + n: s for n, s in WHOLE.items()},
    r"prefix: found 'module\.enc', expected 'module\.enc\.'", [f"--prefix=module.enc.{TAKES}"], ["--prefix=module.enc"])
bad("the prefix of something else", WHOLE, r"bn\.weight: found a tensor that is not the GRU's, .* under 'bn\.'", [],
    ["--prefix=bn."])
bad("GRUCell beside a GRU", {**gates(3, suffix=""), **gru_shapes(prefix="enc.")},
    r"(weight|bias)_[ih]h: found a GRUCell's tensor", [CELL, f"--prefix=enc.{TAKES}"])
bad("a head beside the GRU's tensors", {**gru_shapes(), "head.weight": [4, 2]},
    r"head\.weight: found a tensor that is not the GRU's", ["write the GRU's own tensors to a file without the others"])
bad("nothing of the kind", BN, r"bn\.\w+: found a tensor that is not the GRU's", [])
run_all(cases)
