"""Redirects of the resolver per second, and what a large catalogue costs.

    resolver.py ENDPOINTS_JSON [--seconds 10] [--rounds 3] [--connections 32] [--products 10000000]

First through the gateway's own port and through Caddy, with few products and then with many. Then, in turn,
the one statement of a resolution on two databases that differ in nothing but their number of products.
"""

import argparse
import json
import subprocess

from load import alternating, database, pgbench, ratio, run_sql, table, wrk

FEW = 10_000
# A product as far as a resolution sees it, with a document of some two hundred bytes that it does not read.
FILL = """
insert into passport.products
       (gtin, document, content_hash, source, revision, search, created_at, updated_at)
select {gtin}, jsonb_build_object('names', jsonb_build_object('en', repeat('oat ', 40))),
       md5(n::text), 'bench', 1, '', now(), now()
  from generate_series(1, {products}::bigint) as n
"""
# GTINs of GS1's demonstration prefix 952, as redirect.lua makes them: nine digits of n, and the check digit.
WEIGHTED = " + ".join(f"n / {10 ** place} % 10 * {1 if place % 2 else 3}" for place in range(9))
CHECKED = f"'0952' || lpad(n::text, 9, '0') || (10 - (26 + {WEIGHTED}) % 10) % 10"


def catalogue(admin_url, name, products):
    """A database with the passport's empty schema and so many products; its URL."""
    url = database(admin_url, name)
    run_sql(admin_url, f"drop database if exists {name}", f"create database {name}")
    schema = subprocess.run(
        ["pg_dump", "--schema-only", "--schema=passport", database(admin_url, "packytrace")],
        check=True, capture_output=True,
    ).stdout
    subprocess.run(["psql", "-qX", "-v", "ON_ERROR_STOP=1", url], input=schema, check=True, capture_output=True)
    fill(url, "lpad(n::text, 14, '0')", products)
    return url


def fill(url, gtin, products):
    statement = FILL.format(gtin=gtin, products=products)
    run_sql(url, statement + " on conflict do nothing", "vacuum (analyze) passport.products")


def redirects(endpoints, given, products):
    """The medians through the gateway's own port, and through Caddy, over so many products."""
    fill(database(endpoints["postgres_admin_url"], "packytrace"), CHECKED, products)
    load = ("redirect.lua", given.seconds, given.connections)
    gateway = endpoints["functions"]["api-gateway"]["url"]
    return alternating(
        given.rounds,
        lambda: wrk(gateway, *load, PRODUCTS=products),
        lambda: wrk(endpoints["base_url"], *load, PRODUCTS=products),
    )


def whole_path(endpoints, given):
    few = redirects(endpoints, given, FEW)
    many = redirects(endpoints, given, given.products)
    print(f"medians of {given.rounds} rounds of {given.seconds} s, {given.connections} connections")
    table(
        (f"redirect: gateway, passport, Postgres; {FEW:,} products", few[0]),
        (f"the same; {given.products:,} products", many[0]),
        (f"redirect: Caddy before them; {FEW:,} products", few[1]),
        (f"the same; {given.products:,} products", many[1]),
    )
    print("ratio of the gateway's: {:.2f} of the time, {:.2f} of p50, {:.2f} of p99".format(
        few[0][0] / many[0][0], *ratio(many[0], few[0])[1:]))


def large_catalogue(endpoints, given):
    admin = endpoints["postgres_admin_url"]
    few = catalogue(admin, "catalogue_few", FEW)
    many = catalogue(admin, "catalogue_many", given.products)
    measure = lambda url, products: pgbench(url, "resolution.sql", given.seconds, 2, products=products)
    small, large = alternating(
        given.rounds, lambda: measure(few, FEW), lambda: measure(many, given.products)
    )
    print(f"medians of {given.rounds} rounds of {given.seconds} s, 2 connections, the statement alone")
    table((f"of {FEW:,} products", small), (f"of {given.products:,} products", large))
    print("ratio: {:.2f} of the time, {:.2f} of p50, {:.2f} of p99".format(
        small[0] / large[0], *ratio(large, small)[1:]))
    run_sql(admin, "drop database catalogue_few", "drop database catalogue_many")


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("endpoints")
    arguments.add_argument("--seconds", type=int, default=10)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--connections", type=int, default=32)
    arguments.add_argument("--products", type=int, default=10_000_000)
    given = arguments.parse_args()
    endpoints = json.load(open(given.endpoints))
    whole_path(endpoints, given)
    large_catalogue(endpoints, given)


main()
