"""Serves ministack to programs of this machine, and ends it with all its functions once its starter is gone.

The starter holds the other end of stdin: it closes when the starter ends, however it ends.

ministack itself answers every origin and every host, so a page in the user's browser could run code here. What stands
in front of it refuses what only a browser sends for another site, and every name that a page can be served under (DNS
rebinding). local/own-requests.ts is the same rule for the servers in Node.
"""

import fcntl
import json
import os
import queue
import re
import secrets
import shutil
import signal
import sys
import termios
import threading
import time

from hypercorn.__main__ import main
from ministack.app import app as emulator
from ministack.core import iam_evaluator, lambda_runtime
from ministack.core.responses import get_account_id
from ministack.services.cloudformation import provisioners

# What it is reached by, and an API of its own: no such name below an address can be in DNS.
OWN_HOST = re.compile(r"(?:(?:[0-9a-f]{8}\.execute-api\.)?127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?", re.ASCII)
OWN_SITES = ("none", "same-origin")


def refusal(headers) -> str | None:
    """Why a request is not of a program of this machine; None when it is."""

    def values(wanted: bytes) -> list[str]:
        return [value.decode("latin-1") for name, value in headers if name.lower() == wanted]

    hosts = values(b"host")
    if len(hosts) != 1 or not OWN_HOST.fullmatch(hosts[0].lower()):
        return f"the Host is {ascii(', '.join(hosts)[:100])}, which is no name of it; use 127.0.0.1"
    if values(b"origin"):
        return "it has an Origin, so a page in a browser sent it"
    if any(site.lower() not in OWN_SITES for site in values(b"sec-fetch-site")):
        return "a page of another site sent it (Sec-Fetch-Site)"
    return None


async def app(scope, receive, send):
    """The ASGI application: ministack, for what is not refused."""
    if scope["type"] == "lifespan":
        return await emulator(scope, receive, send)
    if scope["type"] not in ("http", "websocket"):
        raise ValueError(f"a request of the unknown kind {scope['type']}")
    reason = refusal(scope["headers"])
    if reason is None:
        return await emulator(scope, receive, send)
    print(f"refused {scope.get('method', 'websocket')} {ascii(scope['path'][:100])}: {reason}", file=sys.stderr, flush=True)
    if scope["type"] == "websocket":
        return await send({"type": "websocket.close", "code": 1008})
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"x-content-type-options", b"nosniff")]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": f"The local AWS refuses this request: {reason}.\n".encode()})


# What may stay behind when it leaves its stack.
KEPT = ("AWS::DynamoDB::GlobalTable", "AWS::SecretsManager::Secret", "AWS::SQS::Queue")


def under_a_new_name(create):
    """Makes a resource under a name that none had before, as CloudFormation does.

    ministack makes the name of the stack's name and the logical id: a source that is added again would overwrite the queue,
    its events and the secret that stayed when it was removed. For buckets it draws a seed, which is what this does, too.
    """

    def created(logical_id, props, stack_name):
        if not provisioners._NAME_SEED.get():
            provisioners._NAME_SEED.set(secrets.token_hex(4))
        return create(logical_id, props, stack_name)

    return created


for kept in KEPT:
    handlers = provisioners._RESOURCE_HANDLERS[kept]
    handlers["create"] = under_a_new_name(handlers["create"])


def recording_uses(enforce, file):
    """Wraps the check of a call: appends what it allows to a file, once for each principal, action and resource.

    A line is a JSON array `[principal's ARN, action, resource's ARN]`. CloudTrail's record of ministack names an access
    key instead of a role, keeps the last calls only, and lists fifty of them.
    """
    seen = set()
    principals = {}

    def checked(access_key_id, iam_action, service, region, resource_arn="*", service_context=None):
        denied = enforce(access_key_id, iam_action, service, region, resource_arn, service_context)
        if denied is not None:
            return denied
        if access_key_id not in principals:
            principal = iam_evaluator.resolve_principal(access_key_id or "", get_account_id())
            principals[access_key_id] = getattr(principal, "arn", "anonymous")
        # Objects of a bucket are as many as there are payloads: their folder says which grant is meant.
        resource = re.sub(r"^(arn:aws:s3:::.+/)[^/]*$", r"\1", str(resource_arn))
        use = (principals[access_key_id], iam_action, resource)
        if use not in seen:
            seen.add(use)
            with open(file, "a", encoding="utf-8") as lines:
                lines.write(json.dumps(use) + "\n")
        return None

    return checked


def all_lines(worker, first_line_wait: float = 0.05, **_) -> str:
    """The lines that a function wrote in an invocation.

    ministack takes five quiet milliseconds for the end. On a busy machine the thread that reads the lines may need longer,
    and the rest shows up with the next invocation. A quiet turn lets every other thread run, so turns are counted instead.
    """
    lines = []
    quiet = 0
    latest = time.monotonic() + 2
    while quiet < (8 if lines else first_line_wait * 1000) and time.monotonic() < latest:
        try:
            lines.append(worker._stderr_queue.get_nowait())
            quiet = 0
        except queue.Empty:
            time.sleep(0.001)
            quiet = 0 if has_unread_lines(worker) else quiet + 1
    return "\n".join(lines)


def has_unread_lines(worker) -> bool:
    try:
        unread = fcntl.ioctl(worker._proc.stderr.fileno(), termios.FIONREAD, b"\0" * 4)
    except (AttributeError, OSError, ValueError):
        return False  # It has ended.
    return int.from_bytes(unread, sys.byteorder) > 0


lambda_runtime.Worker._drain_stderr_bounded = all_lines

if uses_file := os.environ.get("USED_PERMISSIONS_FILE"):
    iam_evaluator.enforce = recording_uses(iam_evaluator.enforce, uses_file)


def end_with_starter() -> None:
    sys.stdin.buffer.read()
    shutil.rmtree(os.environ["TMPDIR"], ignore_errors=True)
    os.killpg(os.getpgrp(), signal.SIGKILL)


threading.Thread(target=end_with_starter, daemon=True).start()
# This module's `app`: without it nothing is served.
sys.exit(main(["__main__:app", *sys.argv[1:]]))
