#!/bin/sh
# Checks the workflow and tests it against a stand-in of the service: nothing leaves this machine.
set -eu
cd "$(dirname "$0")"
itemflow=${ITEMFLOW:-itemflow}

"$itemflow" check workflow.yaml
"$itemflow" test workflow.yaml
