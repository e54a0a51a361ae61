#!/usr/bin/env bash
# Publishes events to Hookline's publish queue: publish.sh QUEUE_URL < events.json
# events.json is a list. Each event needs an "id" of its own that stays the same: publishing it again has no effect.
# So after any error, run it again with the same events. It needs the AWS CLI and jq.
set -euo pipefail
queue_url=$1
events=$(cat)
total=$(jq length <<<"$events")
for ((start = 0; start < total; start += 10)); do
  batch=$(jq -c ".[$start:$start + 10]" <<<"$events")
  for pause in 0 0.2 1 5; do
    sleep "$pause"
    entries=$(jq -c 'to_entries | map({Id: "\(.key)", MessageBody: (.value | tojson)})' <<<"$batch")
    answer=$(aws sqs send-message-batch --queue-url "$queue_url" --entries "$entries" --output json)
    refused=$(jq -r '.Failed // [] | map(select(.SenderFault)) | .[0] // empty | "\(.Id) \(.Code) \(.Message)"' <<<"$answer")
    [[ -z $refused ]] || { echo "event $((start + ${refused%% *})): ${refused#* }" >&2; exit 1; }
    batch=$(jq -c --argjson answer "$answer" '[$answer.Failed // [] | .[].Id | tonumber] as $left | [.[$left[]]]' <<<"$batch")
    [[ $batch != "[]" ]] || break
  done
  [[ $batch == "[]" ]] || { echo "not published: $(jq -c 'map(.id)' <<<"$batch")" >&2; exit 1; }
done
