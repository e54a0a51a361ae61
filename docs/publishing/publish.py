"""Publishes events to Hookline's publish queue."""
import json
import time

import boto3


def publish(queue_url, events, sqs=None):
    """Returns when all events are on the queue. Each needs an "id" of its own that stays the same: publishing it
    again has no effect. So after any exception, publish the same events again."""
    sqs = sqs or boto3.client("sqs")
    for start in range(0, len(events), 10):
        batch = {event["id"]: event for event in events[start : start + 10]}
        for pause in (0, 0.2, 1, 5, None):
            entries = [{"Id": str(n), "MessageBody": json.dumps(event)} for n, event in enumerate(batch.values())]
            failed = sqs.send_message_batch(QueueUrl=queue_url, Entries=entries).get("Failed", [])
            ids = list(batch)
            for failure in failed:
                if failure["SenderFault"]:
                    raise ValueError(f"{ids[int(failure['Id'])]}: {failure['Code']}: {failure.get('Message')}")
            batch = {ids[int(failure["Id"])]: batch[ids[int(failure["Id"])]] for failure in failed}
            if not batch:
                break
            if pause is None:
                raise RuntimeError(f"not published: {list(batch)}")
            time.sleep(pause)
