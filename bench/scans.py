"""Scans per second through the whole path, beside the same SQL by pgbench on the same Postgres.

    scans.py ENDPOINTS_JSON [--seconds 10] [--rounds 3] [--connections 16]

Both run in turn within one run; the table has medians, and the ratio is what to compare.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import tempfile

HERE = pathlib.Path(__file__).parent


def scans(base_url, seconds, connections):
    """(per second, p50 ms, p99 ms) of POST /api/v1/scans through Caddy."""
    command = ["wrk", "-t2", f"-c{connections}", f"-d{seconds}s", "-s", str(HERE / "scan.lua"), base_url]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    result = next(line for line in said.splitlines() if line.startswith("RESULT"))
    requests, micros, refused, p50, p99 = (float(word) for word in result.split()[1:])
    if refused:
        raise SystemExit(f"{refused:.0f} of {requests:.0f} scans were refused: this is no measurement\n{said}")
    return requests / (micros / 1e6), p50 / 1e3, p99 / 1e3


def statements(database_url, seconds, connections):
    """(per second, p50 ms, p99 ms) of the same statements, as passport's own login."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["pgbench", "-n", "-f", str(HERE / "scan.sql"), f"-c{connections}", "-j2", f"-T{seconds}"]
        command += ["-M", "prepared", "-l", f"--log-prefix={folder}/log", database_url]
        # pgbench wants a user folder of its own for nothing; its password comes with the address.
        subprocess.run(command, check=True, capture_output=True, env={**os.environ, "PGPASSFILE": "/dev/null"})
        micros = sorted(
            float(line.split()[2]) for log in pathlib.Path(folder).iterdir() for line in log.open()
        )
    pick = lambda share: micros[min(len(micros) - 1, int(len(micros) * share))] / 1e3
    return len(micros) / seconds, pick(0.5), pick(0.99)


def median_row(rows):
    return [statistics.median(column) for column in zip(*rows)]


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("endpoints")
    arguments.add_argument("--seconds", type=int, default=10)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--connections", type=int, default=16)
    given = arguments.parse_args()
    endpoints = json.load(open(given.endpoints))
    database = endpoints["functions"]["passport"]["database_url"]
    whole, bare = [], []
    for _ in range(given.rounds):
        whole.append(scans(endpoints["base_url"], given.seconds, given.connections))
        bare.append(statements(database, given.seconds, given.connections))
    whole, bare = median_row(whole), median_row(bare)
    print(f"medians of {given.rounds} rounds of {given.seconds} s, {given.connections} connections")
    print("| | per second | p50 ms | p99 ms |\n|---|---|---|---|")
    print("| scan: Caddy, gateway, passport, Postgres | {:.0f} | {:.1f} | {:.1f} |".format(*whole))
    print("| the same SQL by pgbench | {:.0f} | {:.1f} | {:.1f} |".format(*bare))
    print("| ratio | {:.2f} | {:.2f} | {:.2f} |".format(*(a / b for a, b in zip(whole, bare))))


main()
