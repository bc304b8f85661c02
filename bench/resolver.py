"""Redirects of the resolver per second, and what a resolution costs in a large catalogue.

    resolver.py ENDPOINTS_JSON [--seconds 10] [--rounds 3] [--connections 32] [--products 10000000]

The redirects go to 10,000 products of the running instance, through the gateway's own port and through
Caddy. What a large catalogue costs is measured where it can cost something, in Postgres: the statement of
a resolution on two databases that differ in nothing but their number of products, in turn.
"""

import argparse
import json
import subprocess
import urllib.parse

from load import alternating, pgbench, ratio, table, wrk

FEW = 10_000
# A product as far as a resolution sees it, with a document of some two hundred bytes that it does not read.
FILL = """
insert into passport.products
       (gtin, document, content_hash, source, revision, search, created_at, updated_at)
select {gtin}, jsonb_build_object('names', jsonb_build_object('en', repeat('oat ', 40))),
       md5(n::text), 'bench', 1, '', now(), now()
  from generate_series(1, {products}::bigint) as n
"""
CHECKED = """(select body || (10 - (select sum(substr(body, i, 1)::int * case when i % 2 = 1 then 3 else 1 end)
                                     from generate_series(1, 13) as i) % 10) % 10
               from (select '0952' || lpad(n::text, 9, '0') as body) as made)"""


def run_sql(url, *statements):
    arguments = [word for statement in statements for word in ("-c", statement)]
    return subprocess.run(
        ["psql", "-qtAX", "-v", "ON_ERROR_STOP=1", url, *arguments], check=True, capture_output=True, text=True
    ).stdout.strip()


def database(admin_url, name):
    return urllib.parse.urlsplit(admin_url)._replace(path=f"/{name}").geturl()


def catalogue(admin_url, name, products):
    """A database with the passport's empty schema and so many products; its URL."""
    url = database(admin_url, name)
    run_sql(admin_url, f"drop database if exists {name}", f"create database {name}")
    schema = subprocess.run(
        ["pg_dump", "--schema-only", "--schema=passport", database(admin_url, "packytrace")],
        check=True, capture_output=True,
    ).stdout
    subprocess.run(["psql", "-qX", "-v", "ON_ERROR_STOP=1", url], input=schema, check=True, capture_output=True)
    run_sql(
        url,
        FILL.format(gtin="lpad(n::text, 14, '0')", products=products),
        "vacuum (analyze) passport.products",
    )
    return url


def redirects(endpoints, given):
    packytrace = database(endpoints["postgres_admin_url"], "packytrace")
    fill = FILL.format(gtin=CHECKED, products=FEW)
    run_sql(packytrace, fill + " on conflict do nothing", "vacuum (analyze) passport.products")
    gateway = endpoints["functions"]["api-gateway"]["url"]
    load = ("redirect.lua", given.seconds, given.connections)
    direct, caddy = alternating(
        given.rounds,
        lambda: wrk(gateway, *load, PRODUCTS=FEW),
        lambda: wrk(endpoints["base_url"], *load, PRODUCTS=FEW),
    )
    print(f"medians of {given.rounds} rounds of {given.seconds} s, {given.connections} connections")
    table(
        ("redirect: gateway, passport, Postgres", direct),
        ("redirect: Caddy before them", caddy),
    )


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
    redirects(endpoints, given)
    large_catalogue(endpoints, given)


main()
