"""Passes events on again: `make replay STAGE=prod TENANT=acme SINCE=2026-02-03T04:00:00Z`.

Events are rows of the table, for ever. This finds those of a tenant since a time, or of one ticket (--ticket), and gives them to
events-fan-out as the stream once did. Workers take an event twice as once: a mail that was sent is not sent again for 60 days.
"""

from __future__ import annotations

import datetime
import sys
from collections.abc import Iterator
from typing import Any

from desk import STATUSES, Deployment, arguments, query, record


def main() -> int:
    """Reads the arguments and does it."""
    parser = arguments(__doc__ or "")
    parser.add_argument("--tenant", required=True)
    parser.add_argument("--since", required=True, help="a time in UTC, such as 2026-02-03T04:00:00Z")
    parser.add_argument("--ticket", help="the id of one ticket; without it, all that changed since")
    parser.add_argument("--dry-run", action="store_true", help="only say how many events there are")
    options = parser.parse_args()
    since = normal(options.since)
    deployment = Deployment(options.stage)
    tickets = [options.ticket] if options.ticket else list(changed(deployment, options.tenant, since))
    items = [item for ticket in tickets for item in events(deployment, options.tenant, ticket, since)]
    print(f"{len(items)} events of {len(tickets)} tickets")
    if not options.dry_run:
        deployment.pass_on([record(item, number) for number, item in enumerate(items)])
    return 0


def normal(time: str) -> str:
    """The time as the table's keys spell it."""
    at = datetime.datetime.fromisoformat(time.replace("Z", "+00:00"))
    if at.tzinfo is None:
        raise SystemExit(f"{time} has no time zone; end it with Z")
    return at.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def changed(deployment: Deployment, tenant: str, since: str) -> Iterator[str]:
    """The ids of the tickets that changed since."""
    settings = list(query(deployment, "pk = :pk", {":pk": f"{tenant}#config"}))
    brands = [brand["M"]["id"]["S"] for row in settings if row["kind"]["S"] == "tenant" for brand in row["data"]["M"]["brands"]["L"]]
    if not brands:
        raise SystemExit(f"there is no tenant {tenant}")
    for brand in brands:
        for status in STATUSES:
            values = {":pk": f"{tenant}#{brand}#tickets#{status}", ":since": since}
            condition = "queue_pk = :pk AND queue_sk >= :since"
            for item in query(deployment, condition, values, IndexName="queue", ProjectionExpression="pk"):
                yield item["pk"]["S"].rsplit("#", 1)[1]


def events(deployment: Deployment, tenant: str, ticket: str, since: str) -> Iterator[dict[str, Any]]:
    """The rows of the ticket's events since then."""
    values = {":pk": f"{tenant}#ticket#{ticket}", ":event": "event#"}
    for item in query(deployment, "pk = :pk AND begins_with(sk, :event)", values):
        if item["data"]["M"]["at"]["S"] >= since[:19]:
            yield item


if __name__ == "__main__":
    sys.exit(main())
