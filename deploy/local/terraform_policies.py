"""checkov's rules for Terraform, by its library: its command line wants a server on the internet.

    terraform_policies.py FOLDER
"""

import logging
import sys

from checkov.runner_filter import RunnerFilter
from checkov.terraform.runner import Runner

logging.disable(logging.CRITICAL)
report = Runner().run(root_folder=sys.argv[1], runner_filter=RunnerFilter(framework=["terraform"]))
for broken in report.failed_checks:
    print(f"{broken.check_id} {broken.resource} ({broken.file_path}): {broken.check_name}")
for excused in report.skipped_checks:
    if not excused.check_result.get("suppress_comment", "").strip():
        sys.exit(f"{excused.check_id} {excused.resource} is excused without a reason")
print(f"{len(report.passed_checks)} hold, {len(report.failed_checks)} do not, {len(report.skipped_checks)} are excused")
sys.exit(bool(report.failed_checks) or not report.passed_checks)
