"""What one scan with a verdict costs each program: time, processor time, peak memory.

    scan_cost.py STATE_FOLDER [--scans 300] [--note TEXT] > bench/scan-cost.json

One after the other, as a signed-in demo user with a Health Profile, on a running instance. Duration is
the difference of http_request_duration_seconds on each function's admin port, processor time that of
/proc/PID/stat (children included), peak memory VmHWM. docs/cost.md is computed from the result (cost.py).
"""

import argparse
import datetime
import json
import os
import re
import subprocess
import time
import urllib.parse
import urllib.request

HTTP = ("api-gateway", "passport", "personalization")
OTHERS = ("measurement", "caddy", "postgres", "kafka")
GTIN = "9521234543213"


def call(url, body=None, token=None, method=None):
    headers = {"content-type": "application/json"} if body is not None else {}
    if token:
        headers["authorization"] = f"Bearer {token}"
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, headers, method=method)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return answer.read()


def sign_in(endpoints, user):
    url = f"{endpoints['keycloak_url']}/realms/{endpoints['realm']}/protocol/openid-connect/token"
    form = {
        "grant_type": "password",
        "client_id": endpoints["test_client_id"],
        "username": user["email"],
        "password": user["password"],
    }
    with urllib.request.urlopen(url, urllib.parse.urlencode(form).encode(), timeout=30) as answer:
        return json.load(answer)["access_token"]


def durations(endpoints, name):
    """Seconds and number of all requests that a function has answered."""
    metrics = call(endpoints["functions"][name]["admin_url"] + "/metrics").decode()

    def total(kind):
        found = re.findall(rf"^http_request_duration_seconds_{kind}(?:{{[^}}]*}})? (\S+)$", metrics, re.M)
        return sum(float(value) for value in found)

    return total("sum"), total("count")


def family(pid):
    """A process and all below it."""
    below = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=False).stdout.split()
    return [pid] + [one for child in below for one in family(int(child))]


def processor(pids):
    seconds = 0
    for pid in pids:
        try:
            fields = open(f"/proc/{pid}/stat").read().rsplit(") ", 1)[1].split()
        except FileNotFoundError:
            continue
        seconds += sum(map(int, fields[11:15]))
    return seconds / os.sysconf("SC_CLK_TCK")


def peak_mib(pid):
    return int(re.search(r"VmHWM:\s+(\d+)", open(f"/proc/{pid}/status").read())[1]) / 1024


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("state")
    arguments.add_argument("--scans", type=int, default=300)
    arguments.add_argument("--note", default="")
    given = arguments.parse_args()
    endpoints = json.load(open(f"{given.state}/endpoints.json"))
    base = endpoints["base_url"]
    user = next(one for one in endpoints["demo_users"] if one["role"] == "consumer")
    token = sign_in(endpoints, user)
    me = f"{base}/api/v1/me"
    call(f"{me}/consents/health_profile", {"granted": True, "policy_version": "demo"}, token, "PUT")
    call(f"{me}/profile", {"allergens": [{"code": "hazelnut", "sensitivity": "strict"}]}, token, "PUT")
    scan = lambda: call(f"{base}/api/v1/scans", {"code": GTIN}, token)
    for _ in range(50):
        verdict = json.loads(scan())["verdict"]
    assert verdict["headline"] == "avoid", verdict

    pid = lambda name: int(subprocess.check_output([f"{given.state}/bin/service", "pid", name]))
    pids = {name: family(pid(name)) for name in HTTP + OTHERS}
    time.sleep(5)
    before = {name: processor(all) for name, all in pids.items()}
    began = {name: durations(endpoints, name) for name in HTTP}
    started = time.monotonic()
    for _ in range(given.scans):
        scan()
    took = time.monotonic() - started
    time.sleep(5)  # events are still on their way
    pids = {name: family(all[0]) for name, all in pids.items()}
    result = {"date": str(datetime.date.today()), "scans": given.scans, "note": given.note}
    result["milliseconds_for_the_caller"] = round(1000 * took / given.scans, 2)
    result["programs"] = {}
    for name, all in pids.items():
        cost = {"processor_ms": round(1000 * max(processor(all) - before[name], 0) / given.scans, 3)}
        if name in HTTP:
            seconds, count = (now - then for now, then in zip(durations(endpoints, name), began[name]))
            cost["duration_ms"] = round(1000 * seconds / count, 3)
        if name in endpoints["functions"]:
            cost["peak_mib"] = round(peak_mib(all[0]), 1)
        result["programs"][name] = cost
    print(json.dumps(result, indent=2))


main()
