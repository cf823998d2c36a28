#!/usr/bin/env bash
# Simulates attacks on the token economy, the incomes of honest providers and ten years of supply,
# with the arithmetic of the pallets; fails if an attack earns more than it costs.
#
#   scripts/sim.sh                 a table
#   scripts/sim.sh --json          the same, and one JSON object as the last line
#   scripts/sim.sh --plots DIR     also draw every figure as SVG
#   scripts/sim.sh --seed N        another seed of the random choices
#   scripts/sim.sh reputation      scores and incomes of honest, lazy, colluding and new providers
#                                  over 10,000 jobs (the plots of docs/reputation.md: --plots docs/plots)
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

case "${1:-}" in
  -h | --help) sed -n '2,/^\. /{/^#/s/^# \{0,1\}//p}' "$0"; exit 0 ;;
esac

run_setup
build_all
exec "$(binary swarm-sim)" "$@"
