#!/bin/sh
# Runs the shop twice, as it would export without masking and with it. From anywhere; needs `npm install` and `npm run build` in the repository.
set -e
here=$(cd "$(dirname "$0")" && pwd)
: "${MASK_LOGS_RUN_SECRET:=s3cr3t-9b1f4a2c8e7d6f5a0b3c1d2e}"
export MASK_LOGS_RUN_SECRET
echo '== without masking'
node "$here/app.mjs" --raw
echo '== with mask-logs/otel'
node "$here/app.mjs"
