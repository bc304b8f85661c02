"""A local AWS for Terraform's tests: all of moto, with one thing put right.

moto's IAM, where it is enforced, asks whether a role may do something to "*", whatever the call was about.
Here a call about a parameter asks about that parameter, so that a policy that names parameters is held to.

    aws_server.py PORT
"""

import json
import sys

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from moto.ssm.responses import SimpleSystemManagerResponse
from werkzeug.serving import run_simple

by_moto = SimpleSystemManagerResponse._authenticate_and_authorize_normal_action


def by_name(self, resource="*"):
    name = json.loads(self.body or "{}").get("Name", "").split(":")[0]
    if name.startswith("/"):
        resource = f"arn:aws:ssm:{self.region}:{self.current_account}:parameter{name}"
    by_moto(self, resource)


class Quiet(MotoRequestHandler):
    def log_request(self, code="-", size="-"):
        pass


SimpleSystemManagerResponse._authenticate_and_authorize_normal_action = by_name
run_simple(
    "127.0.0.1", int(sys.argv[1]), DomainDispatcherApplication(create_backend_app), threaded=True, request_handler=Quiet
)
