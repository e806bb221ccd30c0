#!/bin/sh
# Masks both inputs into the folder named by the first argument (default: .).
set -eu
here=$(dirname "$0")
out=${1:-.}
export MASK_LOGS_RUN_SECRET="${MASK_LOGS_RUN_SECRET:-s3cr3t-9b1f4a2c8e7d6f5a0b3c1d2e}"
${MASK_LOGS:-mask-logs} -r "$here/ruleset.yaml" "$here/customers.csv" -o "$out/masked.csv"
${MASK_LOGS:-mask-logs} -r "$here/ruleset.yaml" "$here/customers.json" -o "$out/masked.json"
