"""Closing a window whose facts are in Postgres: seconds and memory of the whole release.

    closing.py ENDPOINTS_JSON [--facts 100000 1000000]

So many facts of 100,000 persons (every second one a visitor who is linked to an account) on 2,500 products
with four metrics each; a brand of its own for each size. `packytrace-ops measurement release` is the
same code as measurement's own schedule.
"""

import argparse
import datetime
import json
import pathlib
import resource
import subprocess
import time

from load import database, run_sql

PERSONS = 100_000
PRODUCTS = 2_500
LIMIT_SECONDS = 60
LIMIT_MIB = 512
# Persons and what they decided are the same for every size.
PEOPLE = [
    """
insert into measurement.consents (event_id, subject, granted, changed_at, received_at)
select gen_random_uuid(), decode(md5(kind || n), 'hex'), true, now() - interval '3 days', now()
  from unnest(array['visitor', 'account']) as kind, generate_series(1, {persons}) as n
""",
    """
insert into measurement.links (visitor, account, linked_at, received_at)
select decode(md5('visitor' || n), 'hex'), decode(md5('account' || n), 'hex'), now(), now()
  from generate_series(2, {persons}, 2) as n
""",
]
BRAND = [
    """
insert into measurement.brand_versions (event_id, brand_id, changed_at, received_at, measured, length, from_day)
select gen_random_uuid(), md5('bench{facts}')::uuid, now() - interval '3 days', now(), true, 'P1D', '{day}'
""",
    """
insert into measurement.product_versions (event_id, gtin, brand_id, withdrawn, changed_at, received_at)
select gen_random_uuid(), lpad({facts} || lpad(n::text, 5, '0'), 14, '0'), md5('bench{facts}')::uuid, false,
       now() - interval '3 days', now()
  from generate_series(1, {products}) as n
""",
    """
insert into measurement.facts (event_id, subject, kind, gtin, metric, happened_at)
select gen_random_uuid(), decode(md5('visitor' || 1 + floor(random() * {persons})), 'hex'), 'visitor',
       lpad({facts} || lpad((1 + floor(random() * {products}))::text, 5, '0'), 14, '0'),
       (array['added', 'consumed', 'discarded', 'scanned'])[1 + floor(random() * 4)],
       '{day}'::timestamp at time zone 'UTC' + random() * interval '1 hour'
  from generate_series(1, {facts})
""",
    "vacuum (analyze) measurement.facts",
]


def release(state, as_of):
    """Seconds of a release."""
    begun = time.monotonic()
    command = [str(state / "bin/packytrace-ops"), "measurement", "release", "--as-of", as_of]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return time.monotonic() - begun, said


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("endpoints")
    arguments.add_argument("--facts", type=int, nargs="*", default=[100_000, 1_000_000])
    given = arguments.parse_args()
    endpoints, state = json.load(open(given.endpoints)), pathlib.Path(given.endpoints).resolve().parent
    url = database(endpoints["postgres_admin_url"], "packytrace")
    today = datetime.datetime.now(datetime.timezone.utc).date()
    as_of = f"{today + datetime.timedelta(days=3)}T03:00:00Z"
    run_sql(url, *(statement.format(persons=PERSONS) for statement in PEOPLE))
    print("| facts | seconds | MiB at most | µs per fact |\n|---|---|---|---|")
    for facts in given.facts:
        values = {"facts": facts, "persons": PERSONS, "products": PRODUCTS, "day": today}
        run_sql(url, *(statement.format(**values) for statement in BRAND))
        seconds, said = release(state, as_of)
        kept = run_sql(url, f"select count(*) from measurement.ledger where brand_id = md5('bench{facts}')::uuid")
        left = run_sql(url, "select count(*) from measurement.facts")
        mib = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        if kept != "1" or left != "0":
            raise SystemExit(f"{kept} windows closed, {left} facts left: this is no measurement\n{said}")
        print(f"| {facts} | {seconds:.1f} | {mib:.0f} | {seconds * 1e6 / facts:.1f} |")
        if seconds > LIMIT_SECONDS or mib > LIMIT_MIB:
            raise SystemExit(f"above {LIMIT_SECONDS} s or {LIMIT_MIB} MiB")


if __name__ == "__main__":
    main()
