"""What the measurements share: wrk, pgbench, psql, medians."""

import os
import pathlib
import statistics
import subprocess
import tempfile
import urllib.parse

HERE = pathlib.Path(__file__).parent


def wrk(base_url, script, seconds, connections, **settings):
    """(per second, p50 ms, p99 ms) of a load script; a refusal among its answers ends the run."""
    command = ["wrk", "-t2", f"-c{connections}", f"-d{seconds}s", "-s", str(HERE / script), base_url]
    environment = {**os.environ, **{name: str(value) for name, value in settings.items()}}
    said = subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout
    result = next(line for line in said.splitlines() if line.startswith("RESULT"))
    requests, micros, refused, p50, p99 = (float(word) for word in result.split()[1:])
    if refused:
        raise SystemExit(f"{refused:.0f} of {requests:.0f} were refused: this is no measurement\n{said}")
    return requests / (micros / 1e6), p50 / 1e3, p99 / 1e3


def pgbench(database_url, script, seconds, connections, **variables):
    """(per second, p50 ms, p99 ms) of a script of statements."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["pgbench", "-n", "-f", str(HERE / script), f"-c{connections}", "-j2", f"-T{seconds}"]
        command += [f"-D{name}={value}" for name, value in variables.items()]
        command += ["-M", "prepared", "-l", f"--log-prefix={folder}/log", database_url]
        # pgbench wants a user folder of its own for nothing; its password comes with the address.
        subprocess.run(command, check=True, capture_output=True, env={**os.environ, "PGPASSFILE": "/dev/null"})
        micros = sorted(
            float(line.split()[2]) for log in pathlib.Path(folder).iterdir() for line in log.open()
        )
    pick = lambda share: micros[min(len(micros) - 1, int(len(micros) * share))] / 1e3
    return len(micros) / seconds, pick(0.5), pick(0.99)


def alternating(rounds, *measures):
    """Each measure once a round; the medians of each."""
    runs = [[measure() for measure in measures] for _ in range(rounds)]
    return [[statistics.median(column) for column in zip(*rows)] for rows in zip(*runs)]


def table(*rows):
    """Rows of a name and three figures."""
    print("| | per second | p50 ms | p99 ms |\n|---|---|---|---|")
    for name, (rate, p50, p99) in rows:
        print(f"| {name} | {rate:.0f} | {p50:.2f} | {p99:.2f} |")


def ratio(over, under):
    """The first of each pair of figures as a share of the second."""
    return [a / b for a, b in zip(over, under)]


def run_sql(url, *statements):
    """What the last of these statements gives, as text."""
    arguments = [word for statement in statements for word in ("-c", statement)]
    return subprocess.run(
        ["psql", "-qtAX", "-v", "ON_ERROR_STOP=1", url, *arguments], check=True, capture_output=True, text=True
    ).stdout.strip()


def database(admin_url, name):
    """The address of another database of the same server."""
    return urllib.parse.urlsplit(admin_url)._replace(path=f"/{name}").geturl()
