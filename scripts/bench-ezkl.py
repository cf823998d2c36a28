#!/usr/bin/env python3
"""Measures EZKL on a stack of linear layers with ReLU between them: fixed weights, private input.

    bench-ezkl.py WIDTHS BATCH[,BATCH..] DIR OUT

Writes a JSON list with one object per batch size to OUT; works in DIR. Needs ezkl, numpy and onnx.
The setup runs in a process of its own, so that the peak memory is the prover's.
"""

import importlib.metadata
import json
import os
import resource
import statistics
import subprocess
import sys
import time

# Fixed-point bits of inputs and weights: what 8-bit quantisation gives.
SCALE = 7
CHECKS = 5


def onnx_network(widths, batch, path):
    """A stack of Gemm and Relu with random weights of the usual spread."""
    import numpy as np
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    rng = np.random.default_rng(1)
    nodes, constants, value = [], [], "input"
    for i, (inputs, outputs) in enumerate(zip(widths, widths[1:])):
        if i > 0:
            nodes.append(helper.make_node("Relu", [value], [f"relu{i}"]))
            value = f"relu{i}"
        weight = rng.normal(0, inputs**-0.5, (inputs, outputs)).astype(np.float32)
        bias = rng.normal(0, 0.1, outputs).astype(np.float32)
        constants.append(numpy_helper.from_array(weight, f"weight{i}"))
        constants.append(numpy_helper.from_array(bias, f"bias{i}"))
        nodes.append(helper.make_node("Gemm", [value, f"weight{i}", f"bias{i}"], [f"linear{i}"]))
        value = f"linear{i}"
    shape = lambda name, width: helper.make_tensor_value_info(
        name, TensorProto.FLOAT, [batch, width]
    )
    graph = helper.make_graph(
        nodes, "network", [shape("input", widths[0])], [shape(value, widths[-1])], constants
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
    model.ir_version = 8
    onnx.checker.check_model(model)
    onnx.save(model, path)
    data = rng.uniform(0, 1, batch * widths[0]).astype(float).tolist()
    with open("input.json", "w") as file:
        json.dump({"input_data": [data]}, file)


def setup(widths, batch):
    """Circuit, reference string and keys, in the current folder; returns seconds of key making."""
    import ezkl

    onnx_network(widths, batch, "network.onnx")
    args = ezkl.PyRunArgs()
    args.input_visibility = "private"
    args.param_visibility = "fixed"
    args.output_visibility = "public"
    args.input_scale = SCALE
    args.param_scale = SCALE
    # EZKL looks for the cheapest circuit at this precision itself.
    assert ezkl.gen_settings("network.onnx", "settings.json", py_run_args=args)
    ezkl.calibrate_settings(
        "input.json", "network.onnx", "settings.json", target="resources", scales=[SCALE]
    )
    assert ezkl.compile_circuit("network.onnx", "network.ezkl", "settings.json")
    with open("settings.json") as file:
        logrows = json.load(file)["run_args"]["logrows"]
    ezkl.gen_srs("kzg.srs", logrows)
    began = time.perf_counter()
    assert ezkl.setup("network.ezkl", "vk.key", "pk.key", srs_path="kzg.srs")
    return {"setup_s": time.perf_counter() - began}


def prove():
    """Witness, proof and checks, as a prover with keys at hand does them."""
    import ezkl

    began = time.perf_counter()
    ezkl.gen_witness("input.json", "network.ezkl", "witness.json")
    ezkl.prove("witness.json", "network.ezkl", "pk.key", "proof.json", srs_path="kzg.srs")
    prove_s = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
    checks = []
    for _ in range(CHECKS):
        began = time.perf_counter()
        assert ezkl.verify("proof.json", "settings.json", "vk.key", srs_path="kzg.srs")
        checks.append(time.perf_counter() - began)
    with open("proof.json") as file:
        proof = json.load(file)
    digits = proof.get("hex_proof") or ""
    return {
        "prove_s": prove_s,
        "peak_mb": peak,
        "verify_ms": statistics.median(checks) * 1e3,
        "proof_bytes": (len(digits.removeprefix("0x")) // 2) or len(proof.get("proof", [])) or None,
    }


def part(name, *arguments):
    """Runs one part of this script in a process of its own and returns what it printed last."""
    command = [sys.executable, os.path.abspath(__file__), name, *arguments]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        sys.exit(f"EZKL: {name} of batch {arguments[-1]} ended with {done.returncode}")
    return json.loads(done.stdout.splitlines()[-1])


def main():
    if sys.argv[1] == "--setup":
        print(json.dumps(setup([int(w) for w in sys.argv[2].split("-")], int(sys.argv[3]))))
        return
    if sys.argv[1] == "--prove":
        print(json.dumps(prove()))
        return
    widths, batches, folder, out = sys.argv[1:]
    out = os.path.abspath(out)
    version = importlib.metadata.version("ezkl")
    peers = []
    for batch in batches.split(","):
        own = os.path.join(folder, f"ezkl-{batch}")
        os.makedirs(own, exist_ok=True)
        os.chdir(own)
        print(f"    EZKL, batch {batch}: making keys", file=sys.stderr, flush=True)
        peer = {"name": "ezkl", "version": version, "network": widths, "batch": int(batch)}
        peer |= part("--setup", widths, batch)
        print(f"    EZKL, batch {batch}: proving", file=sys.stderr, flush=True)
        peer |= part("--prove", batch)
        peer["ms_per_inference"] = peer["prove_s"] * 1e3 / int(batch)
        peer["pk_bytes"] = os.path.getsize("pk.key")
        peers.append(peer)
        for file in os.listdir():
            os.remove(file)
    with open(out, "w") as file:
        json.dump(peers, file)


if __name__ == "__main__":
    main()
