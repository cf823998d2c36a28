#!/usr/bin/env python3
"""Measures other Groth16 provers on the constraints of our circuits.

    bench-groth16.py ZK WIDTHS ROWS[,ROWS..] PROOFS DIR OUT SNARKJS [SNARKRS]

For each number of rows, takes the largest batch whose circuit needs no more. arkworks' and TACEO's
provers run inside ZK, the swarm-zk program, each in a process of its own; SNARKJS is the folder where snarkjs is installed, SNARKRS the program
of that name. Works in DIR, appends to the JSON list in OUT and prints the batch sizes.
"""

import csv
import json
import os
import shutil
import statistics
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


def run(what, *command):
    """Output of a program, and its peak memory in 10^6 bytes."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{what} ended with {process.returncode}")
    return output, usage.ru_maxrss * 1024 / 1e6


def say(text):
    print(f"    {text}", file=sys.stderr, flush=True)


def snarkjs(folder, artifacts, proofs):
    script = os.path.join(HERE, "bench-snarkjs.mjs")
    output, _ = run("snarkjs", "node", script, folder, artifacts, proofs)
    return json.loads(output.splitlines()[-1])


def snarkrs(program, artifacts, proofs):
    """With the key prepared, as our figures are; its own check of each proof is not counted."""
    root, variant = os.path.split(artifacts)
    table = os.path.join(artifacts, "snarkrs.csv")
    _, peak = run(
        "snarkrs", program, "bench", "--artifacts", root, "--variant", variant, "--reps", proofs,
        "--mode", "warm", "--csv", table,
    )  # fmt: skip
    with open(table, newline="") as file:
        rows = list(csv.DictReader(file))
    return {
        "prove_s": statistics.median_low([float(row["ms"]) for row in rows]) / 1e3,
        "peak_mb": peak,
    }


def version(folder):
    with open(os.path.join(folder, "node_modules", "snarkjs", "package.json")) as file:
        return json.load(file)["version"]


def main():
    zk, widths, sizes, proofs, folder, out, js, *rs = sys.argv[1:]
    peers = []
    if os.path.exists(out):
        with open(out) as file:
            peers = json.load(file)
    batches = []
    for rows in sizes.split(","):
        artifacts = os.path.join(os.path.abspath(folder), f"rows-{rows}")
        os.makedirs(artifacts)
        for prover, options in {
            "ark-groth16": ["--export", artifacts],
            "taceo-groth16": [],
        }.items():
            say(f"{widths}, at most {rows} rows: {prover}")
            output, _ = run(
                "swarm-zk", zk, "--json", "bench-peer", "--network", widths, "--rows", rows,
                "--proofs", proofs, "--prover", prover, *options,
            )  # fmt: skip
            measured = json.loads(output)
            if "error" in measured:
                sys.exit(f"swarm-zk: {measured['error']}")
            peers.append(measured["peer"])
        batch = measured["batch"]
        batches.append(batch)
        key_bytes = os.path.getsize(os.path.join(artifacts, "circuit.zkey"))

        def add(name, version, figures):
            peers.append(
                {
                    "name": name,
                    "version": f"{version}, {measured['constraints']} constraints",
                    "network": widths,
                    "batch": batch,
                    "ms_per_inference": figures["prove_s"] * 1e3 / batch,
                    "pk_bytes": key_bytes,
                    "same_constraints": True,
                    **figures,
                }
            )

        say(f"{widths}, batch {batch}: snarkjs")
        add("snarkjs", version(js), snarkjs(js, artifacts, proofs))
        for program in rs:
            say(f"{widths}, batch {batch}: snarkrs")
            own = run("snarkrs", program, "--version")[0].split()[-1]
            add("snarkrs", f"{own} (CPU)", snarkrs(program, artifacts, proofs))
        shutil.rmtree(artifacts)
    with open(out, "w") as file:
        json.dump(peers, file)
    print(",".join(str(batch) for batch in batches))


if __name__ == "__main__":
    main()
