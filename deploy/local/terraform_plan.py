"""What a plan of Terraform must and must not hold, read from `terraform show -json`.

    terraform_plan.py unchanged PLAN
    terraform_plan.py keeps-data PLAN
    terraform_plan.py frugal PLAN
    terraform_plan.py complete PLAN MANIFEST
"""

import json
import sys

import yaml

# Billed by the hour whether used or not, and what one small host makes unnecessary (ADR 0014).
DEAR = ("aws_db_", "aws_rds_", "aws_msk", "aws_ecs_", "aws_eks_", "aws_lb", "aws_alb", "aws_elb", "aws_nat_gateway")
# What keeps data, or leads people to it.
KEEPS_DATA = (
    "aws_instance", "aws_ebs_volume", "aws_volume_attachment", "aws_eip", "aws_eip_association", "aws_vpc", "aws_subnet.host",
    "module.backup.", "module.network.",
)  # fmt: skip


def changes(plan, kinds=("create", "update", "delete")):
    return [r for r in plan["resource_changes"] if r["mode"] == "managed" and set(r["change"]["actions"]) & set(kinds)]


def differs(change):
    before, after = change["before"] or {}, change["after"] or {}
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


def unchanged(plan):
    found = []
    for resource in changes(plan):
        # moto does not give back the image_config that Lambda makes up by itself.
        if resource["type"] == "aws_lambda_function" and differs(resource["change"]) <= {"image_config"}:
            continue
        found.append(f"{resource['address']}: {resource['change']['actions']} {sorted(differs(resource['change']))}")
    return found


def keeps_data(plan):
    moved = changes(plan)
    if not moved:
        return ["nothing changes at all, so nothing was switched"]
    return [
        f"{r['address']}: {r['change']['actions']}"
        for r in moved
        if r["type"] in KEEPS_DATA or r["address"].startswith(("module.backup.", "module.network.")) or "aws_subnet.host" in r["address"]
    ]


def frugal(plan):
    every = [r for r in plan["resource_changes"] if r.get("change", {}).get("actions") != ["delete"]]
    if not every:
        return ["the plan is empty"]
    return [r["address"] for r in every if r["type"].startswith(DEAR)]


def complete(plan, manifest):
    functions = yaml.safe_load(open(manifest))["functions"]
    made = [r["address"] for r in plan["resource_changes"] if "delete" not in r["change"]["actions"]]
    wanted = []
    for function, described in functions.items():
        wanted += [
            f'module.functions[0].aws_lambda_function.this["{function}"]',
            f'module.functions[0].aws_lambda_function_url.this["{function}"]',
            f'module.functions[0].aws_cloudwatch_log_group.function["{function}"]',
            f'module.secrets.aws_iam_role.function["{function}"]',
            f'aws_ecr_repository.function["{function}"]',
        ]
        wanted += [
            f'module.functions[0].aws_scheduler_schedule.this["{function}.{schedule["name"]}"]'
            for schedule in described.get("schedules", [])
        ]
    return [f"missing: {address}" for address in wanted if address not in made]


def main(what, plan, *others):
    checks = {"unchanged": unchanged, "keeps-data": keeps_data, "frugal": frugal, "complete": complete}
    with open(plan) as file:
        found = checks[what](json.load(file), *others)
    for line in found:
        print(line)
    sys.exit(bool(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
