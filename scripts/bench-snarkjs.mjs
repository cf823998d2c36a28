// Measures snarkjs on a key and a witness: node bench-snarkjs.mjs FOLDER ARTIFACTS PROOFS
//
// FOLDER is where snarkjs is installed; ARTIFACTS holds circuit.zkey and circuit.wtns, and gets
// vkey.json and public.json. Prints one JSON object.

import { createRequire } from "node:module";
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

const [folder, artifacts, proofs] = process.argv.slice(2);
const snarkjs = createRequire(join(resolve(folder), "package.json"))("snarkjs");
const file = (name) => join(artifacts, name);
const CHECKS = 5;

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)];

const timed = async (work, times) => {
  const began = performance.now();
  const result = await work();
  times.push(performance.now() - began);
  return result;
};

const key = await snarkjs.zKey.exportVerificationKey(file("circuit.zkey"));
const [prove, verify] = [[], []];
let last;
for (let i = 0; i < Number(proofs); i++) {
  last = await timed(() => snarkjs.groth16.prove(file("circuit.zkey"), file("circuit.wtns")), prove);
}
for (let i = 0; i < CHECKS; i++) {
  const valid = await timed(() => snarkjs.groth16.verify(key, last.publicSignals, last.proof), verify);
  if (!valid) throw new Error("the proof of snarkjs does not verify");
}
writeFileSync(file("vkey.json"), JSON.stringify(key));
writeFileSync(file("public.json"), JSON.stringify(last.publicSignals));
const result = {
  prove_s: median(prove) / 1e3,
  verify_ms: median(verify),
  peak_mb: (process.resourceUsage().maxRSS * 1024) / 1e6,
};
// snarkjs keeps its worker threads.
process.stdout.write(JSON.stringify(result) + "\n", () => process.exit(0));
