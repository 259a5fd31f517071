#!/bin/bash
# What the GitHub Action does: install mailaudit apart, audit, annotate. It takes its inputs from MAILAUDIT_* variables.
#
# The working directory is somebody's pull request. Python is started with -I, or through the console script, so that no
# folder of it is on the import path; nothing of it is read but by mailaudit.
set -euo pipefail

home=$RUNNER_TEMP/mailaudit
sarif=${MAILAUDIT_SARIF:-$home/mailaudit.sarif}
annotations=$home/annotations
summary=$home/summary.md
mkdir -p -- "$home"
rm -f -- "$annotations" "$summary" "$sarif"

if [ ! -x "$home/venv/bin/mailaudit" ]; then
    python3 -I -m venv "$home/venv"
    "$home/venv/bin/python" -I -m pip install --quiet --disable-pip-version-check "$MAILAUDIT_SOURCE"
fi

arguments=(scan --fail-on "$MAILAUDIT_FAIL_ON" --output "sarif=$sarif" --output "github=$annotations" --output "markdown=$summary")
if [ -n "$MAILAUDIT_SINCE" ]; then arguments+=(--since "$MAILAUDIT_SINCE"); fi
if [ -n "$MAILAUDIT_CONFIG" ]; then arguments+=(--config "$MAILAUDIT_CONFIG"); fi
if [ -n "$MAILAUDIT_BASELINE" ]; then arguments+=(--baseline "$MAILAUDIT_BASELINE"); fi
read -r -d '' -a more <<<"$MAILAUDIT_ARGS" || true
mapfile -t paths < <(printf '%s' "$MAILAUDIT_PATH" | sed '/^$/d')
# Without any path it would be the runner's own install.
if [ "${#paths[@]}" -eq 0 ]; then paths=(.); fi

# The log quotes the audited files, and the runner takes some lines of a log for commands; only we can end this.
token=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
echo "::stop-commands::$token"
code=0
"$home/venv/bin/mailaudit" "${arguments[@]}" ${more[@]+"${more[@]}"} -- "${paths[@]}" || code=$?
echo
echo "::$token::"

if [ -f "$annotations" ]; then cat -- "$annotations"; fi
# GitHub takes a summary of at most one mebibyte.
if [ -f "$summary" ]; then head -c 1000000 -- "$summary" >>"$GITHUB_STEP_SUMMARY"; fi
if [ -f "$sarif" ]; then printf 'sarif=%s\n' "${sarif//$'\n'/}" >>"$GITHUB_OUTPUT"; fi
exit "$code"
