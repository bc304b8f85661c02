"""Whether Prometheus and Grafana would understand deploy/monitoring: every expression parses, every alert
and panel has what it needs.

    monitoring.py FOLDER
"""

import json
import sys
from pathlib import Path

import promql_parser
import yaml


def alerts(folder):
    for group in yaml.safe_load((folder / "alerts.yaml").read_text())["groups"]:
        for rule in group["rules"]:
            assert rule["labels"]["severity"] in ("page", "ticket"), rule["alert"]
            assert rule["annotations"]["summary"], rule["alert"]
            yield rule["alert"], rule["expr"]


def panels(folder):
    for panel in json.loads((folder / "grafana.json").read_text())["panels"]:
        assert panel["description"] and panel["targets"], panel["title"]
        for target in panel["targets"]:
            yield panel["title"], target["expr"]


def main(folder):
    wrong = 0
    for name, expression in [*alerts(folder), *panels(folder)]:
        try:
            promql_parser.parse(expression)
        except ValueError as error:
            print(f"{name}: {error}: {expression}")
            wrong += 1
    return wrong


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
