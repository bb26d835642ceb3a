#!/bin/sh
# Sends a CSV inventory to Causeway. Usage: KEY=... sh send.sh devices.csv
set -eu
file=${1:?give the CSV file}
answer=$(curl --silent --show-error --fail-with-body --retry 10 \
	--header "Authorization: Bearer ${KEY:?set KEY to an API key with the scope ingest}" \
	--header 'Content-Type: text/csv' --data-binary "@$file" \
	"${CAUSEWAY_URL:-http://127.0.0.1:3000}/api/v1/devices") || { echo "$answer" >&2; exit 1; }
echo "$answer"
case $answer in *'"rejected":[]'*) ;; *) echo 'Some rows were rejected.' >&2; exit 1 ;; esac
