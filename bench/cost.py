"""The tables of docs/cost.md: list prices (deploy/prices.json) times what a scan was measured to take
(bench/scan-cost.json) and what Terraform makes.

    cost.py          writes them into the page
    cost.py --check  fails when the page has others
"""

import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs/cost.md"
PRICES = json.loads((ROOT / "deploy/prices.json").read_text())
# Written by `make bench`; without it the page says so instead of a figure.
RESULT = ROOT / "bench/scan-cost.json"
MEASURED = json.loads(RESULT.read_text()) if RESULT.exists() else None
HOURS = PRICES["hours_per_month"]

# What nobody has measured, by name, so that it can be argued about.
PEAK = 4  # the busiest hour has four times the average
HOP_MS = 5  # one call of a function on Lambda by another: TLS and Lambda's own front
SCHEDULED_MS = 100  # one run of a schedule that finds nothing
DATA_GIB, SYSTEM_GIB, BACKUP_GB, SNAPSHOT_GB = 20, 8, 5, 4  # Terraform's defaults
# vCPUs and the share of each that may be used all the time; a t3 saves up what it does not use.
SIZES = {
    "t3.small": (2, 0.20, 2),
    "t3.medium": (2, 0.20, 4),
    "t3.large": (2, 0.30, 8),
    "m7i-flex.large": (2, 0.40, 8),
}
MEMORY_MIB = {"api-gateway": 128, "passport": 128, "personalization": 128, "measurement": 512}
FULL_VCPU_MIB = 1769  # Lambda gives a whole vCPU at this memory, and less in proportion


def host(size):
    disks = (SYSTEM_GIB + DATA_GIB) * PRICES["gp3_gib_month"]
    kept = BACKUP_GB * PRICES["s3_gb_month"] + SNAPSHOT_GB * PRICES["snapshot_gb_month"]
    return (PRICES["ec2_hour"][size] + PRICES["ipv4_hour"]) * HOURS + disks + kept


def sustains(size, processor_ms):
    """Scans a month that a host of this size takes without falling behind in its busiest hour."""
    vcpus, share, _ = SIZES[size]
    return vcpus * share * HOURS * 3600 * 1000 / processor_ms / PEAK


def smallest(scans, processor_ms):
    fitting = [size for size in SIZES if sustains(size, processor_ms) >= scans]
    return min(fitting, key=host, default=None)


def processor(names):
    return sum(MEASURED["programs"][name]["processor_ms"] for name in names)


def on_lambda(name, inner_ms=0.0, inner_was_ms=0.0):
    """Milliseconds of one call there: the same waiting, the processor's part at the memory's share."""
    cost = MEASURED["programs"][name]
    own = cost["processor_ms"]
    waiting = max(cost.get("duration_ms", own) - own - inner_was_ms, 0)
    return waiting + own * max(1, FULL_VCPU_MIB / MEMORY_MIB[name]) + inner_ms


def scan_on_lambda():
    """Gigabyte-seconds and calls of one scan."""
    was = {name: MEASURED["programs"][name].get("duration_ms", 0) for name in MEMORY_MIB}
    verdict = on_lambda("personalization")
    passport = on_lambda("passport", verdict + HOP_MS, was["personalization"])
    gateway = on_lambda("api-gateway", passport + HOP_MS, was["passport"])
    took = {"api-gateway": gateway, "passport": passport, "personalization": verdict}
    took["measurement"] = on_lambda("measurement")
    return sum(ms / 1000 * MEMORY_MIB[name] / 1024 for name, ms in took.items()), len(took), took


def manifest():
    """Schedules a month, mappings, and secrets of the database and Kafka, by lines of the manifest."""
    text = (ROOT / "functions/manifest.yaml").read_text()
    runs = sum({"1 minute": HOURS * 60, "1 hour": HOURS}[rate] for rate in re.findall(r"rate\((.*?)\)", text))
    runs += sum(HOURS if " * * * ? *" in cron else 30 for cron in re.findall(r"cron\((.*?)\)", text))
    return runs, len(re.findall(r"- \{ topic:", text)), len(re.findall(r"kafka\b.*\]", text))


def lambda_fixed(endpoints=5):  # terraform/modules/functions/network.tf: ssm, lambda, sts, secretsmanager, sqs
    runs, _, secrets = manifest()
    fixed = endpoints * PRICES["endpoint_hour"] * HOURS
    return fixed + secrets * PRICES["secret_month"], runs, runs * SCHEDULED_MS / 1000 * 128 / 1024


def used(calls, gb_seconds):
    paid_calls = max(calls - PRICES["lambda_free_calls"], 0)
    paid_seconds = max(gb_seconds - PRICES["lambda_free_gb_seconds"], 0)
    return paid_calls / 1e6 * PRICES["lambda_million_calls"] + paid_seconds * PRICES["lambda_gb_second"]


def money(dollars):
    return f"{dollars:,.2f}"


def row(*cells):
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def sizes():
    whole = processor(MEASURED["programs"])
    yield row("instance", "memory", "instance a month", "in all a month", "scans a month that it keeps up with")
    yield row(*["---"] * 5)
    for size, (_, _, gib) in SIZES.items():
        yield row(size, f"{gib} GiB", money(PRICES["ec2_hour"][size] * HOURS), money(host(size)), million(sustains(size, whole)))


def million(scans):
    return f"{scans / 1e6:.1f} million"


def crossing():
    whole = processor(MEASURED["programs"])
    rest = processor(("caddy", "postgres", "kafka"))
    gb_seconds, calls, _ = scan_on_lambda()
    fixed, runs, idle = lambda_fixed()
    yield row("scans a month", "EC2: host", "EC2 a month", "Lambda: host", "Lambda a month", "cheaper")
    yield row(*["---"] * 6)
    for scans in (0, 10_000, 100_000, 1_000_000, 3_000_000, 10_000_000, 30_000_000, 100_000_000):
        here, there = smallest(scans, whole), smallest(scans, rest)
        first = host(here) if here else None
        second = host(there) + fixed + used(scans * calls + runs, scans * gb_seconds + idle) if there else None
        winner = "EC2" if first and (not second or first <= second) else "Lambda" if second else "neither fits"
        shown = lambda size, dollars: (size, money(dollars)) if size else ("none of these", "")
        yield row(f"{scans:,}", *shown(here, first), *shown(there, second), winner)


def inputs():
    gb_seconds, calls, took = scan_on_lambda()
    yield row("program", "duration ms", "processor ms", "peak memory MiB", "on Lambda ms")
    yield row(*["---"] * 5)
    for name, cost in MEASURED["programs"].items():
        there = f"{took[name]:.1f}" if name in took else ""
        yield row(name, cost.get("duration_ms", ""), cost["processor_ms"], cost.get("peak_mib", ""), there)
    yield ""
    yield f"One scan on Lambda: {calls} calls, {gb_seconds:.4f} GB-seconds, {1e6 * (gb_seconds * PRICES['lambda_gb_second']) + calls * PRICES['lambda_million_calls']:.2f} dollars for a million scans beyond the free tier; fixed, beside the host: {money(lambda_fixed()[0])} dollars a month."
    yield ""
    yield f"Measured {MEASURED['date']}, {MEASURED['scans']} scans one after the other. {MEASURED['note']}"


def prices_alone():
    yield row("instance", "memory", "instance a month", "in all a month")
    yield row(*["---"] * 4)
    for size, (_, _, gib) in SIZES.items():
        yield row(size, f"{gib} GiB", money(PRICES["ec2_hour"][size] * HOURS), money(host(size)))


def fixed_alone():
    fixed, runs, _ = lambda_fixed()
    yield f"Fixed on Lambda, beside the host: {money(fixed)} dollars a month, with {runs:,} runs of schedules."
    yield ""
    yield "NOT MEASURED YET: what a scan takes. `make bench` measures it and writes this table."


def tables():
    if MEASURED:
        return ("sizes", sizes()), ("crossing", crossing()), ("inputs", inputs())
    missing = ("NOT MEASURED YET: `make bench` writes this table.",)
    return ("sizes", prices_alone()), ("crossing", fixed_alone()), ("inputs", missing)


def written(page):
    for name, lines in tables():
        table = "\n".join(lines)
        page, times = re.subn(
            rf"(<!-- {name}: made by bench/cost.py -->\n).*?(<!-- end -->)",
            lambda found, table=table: f"{found[1]}\n{table}\n\n{found[2]}",
            page,
            flags=re.S,
        )
        assert times == 1, f"docs/cost.md has no place for {name}"
    return page


def main():
    page = PAGE.read_text()
    if "--check" not in sys.argv:
        PAGE.write_text(written(page))
    elif written(page) != page:
        sys.exit("docs/cost.md is not what bench/cost.py computes: run it without --check")


main()
