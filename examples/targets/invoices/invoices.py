"""Handles the invoices of Stripe. Hookline invokes it with one event, and waits for its result."""


def handler(event, context):
    # The same on every attempt. Use it to make your own writes idempotent.
    key = event["key"]
    invoice = event["payload"]["data"]["object"]
    if not invoice.get("customer"):
        # A retry cannot help: the event goes to the dead letter queue at once.
        return {"permanentFailure": f"{key} has no customer"}
    if invoice["amount_due"] < 0:
        # Any exception is retried; one of the class PermanentFailure is not.
        raise ValueError(f"{key} is negative")
    print(f"{event['type']} for {invoice['customer']}")
