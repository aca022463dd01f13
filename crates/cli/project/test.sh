#!/bin/sh
# Checks the workflow and runs it against a stand-in of the service: nothing leaves this machine.
set -eu
cd "$(dirname "$0")"
itemflow=${ITEMFLOW:-itemflow}

"$itemflow" check workflow.yaml
result=$("$itemflow" run workflow.yaml --input input.json --mock --quiet --output json)
case $result in
  *'"visitor":"5f1c9e3a-visitor"'*) echo "1 passed, 0 failed" ;;
  *) echo "unexpected result: $result" >&2; exit 1 ;;
esac
