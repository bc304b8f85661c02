"""Scans per second through the whole path, beside the same SQL by pgbench on the same Postgres.

    scans.py ENDPOINTS_JSON [--seconds 10] [--rounds 3] [--connections 16]

Both run in turn within one run; the table has medians, and the ratio is what to compare.
"""

import argparse
import json

from load import alternating, pgbench, ratio, table, wrk


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("endpoints")
    arguments.add_argument("--seconds", type=int, default=10)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--connections", type=int, default=16)
    given = arguments.parse_args()
    endpoints = json.load(open(given.endpoints))
    database = endpoints["functions"]["passport"]["database_url"]
    load = (given.seconds, given.connections)
    whole, bare = alternating(
        given.rounds,
        lambda: wrk(endpoints["base_url"], "scan.lua", *load),
        lambda: pgbench(database, "scan.sql", *load),
    )
    print(f"medians of {given.rounds} rounds of {given.seconds} s, {given.connections} connections")
    table(
        ("scan: Caddy, gateway, passport, Postgres", whole),
        ("the same SQL by pgbench", bare),
    )
    print("ratio: {:.2f} per second, {:.2f} of p50, {:.2f} of p99".format(*ratio(whole, bare)))


main()
