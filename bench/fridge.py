"""Listing a fridge with 50 items: with 10,000 past events, beside one without history.

    fridge.py ENDPOINTS_JSON [--seconds 10] [--rounds 3] [--connections 8] [--accounts 10000] [--events 1000000]

Both fridges are in a database with so many events of so many accounts. They are listed in turn through
Caddy, gateway and fridge; the ratio is what counts.
"""

import argparse
import json
import urllib.parse
import urllib.request

from load import alternating, database, ratio, run_sql, table, wrk

LIVE = 50
PAST = 10_000
# Items that came and were eaten, each with its two events: what they were is copied from one of the demo user's.
PAST_ITEMS = """
create temporary table past as
select gen_random_uuid() as item_id, account_id, n from {accounts}, generate_series(1, {items}) as n
"""
FILL = [
    """
insert into fridge.fridge_events
       (event_id, item_id, sequence, fridge_id, account_id, kind, quantity, reason, reverts, details, occurred_at)
select gen_random_uuid(), p.item_id, s, p.account_id, p.account_id,
       case s when 1 then 'added' else 'consumed' end, 1000000, null, null,
       case s when 1 then e.details else '{{}}' end, now() - make_interval(hours => p.n)
  from past p, generate_series(1, 2) as s,
       (select details from fridge.fridge_events where account_id = '{like}' and sequence = 1 limit 1) as e
""",
    """
insert into fridge.items
       (item_id, fridge_id, sequence, gone, added_by, scan_id, add_key, gtin, words, document, standing)
select p.item_id, p.account_id, 2, true, p.account_id, null, '', null, i.words, i.document, i.standing
  from past p, (select * from fridge.items where fridge_id = '{like}' limit 1) as i
""",
    "drop table past",
]


def post(url, body, headers=None, form=False):
    data = urllib.parse.urlencode(body).encode() if form else json.dumps(body).encode()
    kind = "application/x-www-form-urlencoded" if form else "application/json"
    request = urllib.request.Request(url, data, {"Content-Type": kind, **(headers or {})})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def sign_in(endpoints, role):
    """(account id, access token) of a demo user."""
    user = next(user for user in endpoints["demo_users"] if user["role"] == role)
    form = {
        "grant_type": "password",
        "client_id": endpoints["test_client_id"],
        "username": user["email"],
        "password": user["password"],
    }
    url = f"{endpoints['keycloak_url']}/realms/{endpoints['realm']}/protocol/openid-connect/token"
    return user["account_id"], post(url, form, form=True)["access_token"]


def stock(endpoints, token):
    """So many items that are there."""
    url = f"{endpoints['base_url']}/api/v1/fridge/items/manual"
    for n in range(LIVE):
        body = {"name": f"Bench soup {n}", "expires_on": "2031-01-01"}
        post(url, body, {"Authorization": f"Bearer {token}"})


def past(url, accounts, items, like):
    """Past items of these accounts, a query; two events each."""
    values = {"accounts": accounts, "items": items, "like": like}
    run_sql(url, PAST_ITEMS.format(**values), *(statement.format(**values) for statement in FILL))


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("endpoints")
    arguments.add_argument("--seconds", type=int, default=10)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--connections", type=int, default=8)
    arguments.add_argument("--accounts", type=int, default=10_000)
    arguments.add_argument("--events", type=int, default=1_000_000)
    given = arguments.parse_args()
    endpoints = json.load(open(given.endpoints))
    url = database(endpoints["postgres_admin_url"], "packytrace")
    (young, young_token), (old, old_token) = sign_in(endpoints, "brand"), sign_in(endpoints, "consumer")
    for account, token in [(young, young_token), (old, old_token)]:
        run_sql(url, f"select fridge.erase_account('{account}')", "truncate fridge.erased_accounts")
        stock(endpoints, token)
    others = f"(select gen_random_uuid() as account_id from generate_series(1, {given.accounts})) as a"
    past(url, others, given.events // given.accounts // 2, young)
    past(url, f"(select '{old}'::uuid as account_id) as a", PAST // 2, young)
    run_sql(url, "vacuum (analyze) fridge.fridge_events", "vacuum (analyze) fridge.items")
    events = run_sql(url, "select count(*) from fridge.fridge_events")
    listing = lambda token: wrk(
        endpoints["base_url"], "fridge.lua", given.seconds, given.connections, TOKEN=token
    )
    without, with_history = alternating(given.rounds, lambda: listing(young_token), lambda: listing(old_token))
    print(f"{events} events; medians of {given.rounds} rounds of {given.seconds} s, {given.connections} connections")
    table(
        (f"{LIVE} items, no past", without),
        (f"{LIVE} items, {PAST} past events", with_history),
        ("ratio", ratio(with_history, without)),
    )


if __name__ == "__main__":
    main()
