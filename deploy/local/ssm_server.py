"""The SSM endpoint of this machine: moto's Parameter Store, made to survive a restart.

moto keeps parameters in memory only. After each change and before its answer leaves, all of them
with versions and labels go to one file that only we can read; a start reads it back. So a stop, a
crash or a kill loses nothing that was acknowledged.

    ssm_server.py PORT FILE [ADDRESS]

Calls that name no action of the Parameter Store go to moto's S3, in which tests keep objects until
the end of the process.

A parameter that the environment `test` lacks is that of `local`: functions that are invoked by hand
are in the one and use the other's servers.
"""

import io
import json
import os
import sys
import threading
from datetime import datetime
from pathlib import Path

from moto.core import DEFAULT_ACCOUNT_ID
from moto.moto_server.werkzeug_app import MotoRequestHandler, create_backend_app
from moto.ssm.models import Parameter, ssm_backends
from werkzeug.serving import run_simple

REGION = os.environ.get("AWS_REGION", "eu-central-1")
BORROWER, LENDER = "/packytrace/test/", "/packytrace/local/"
CHANGES = {
    f"AmazonSSM.{action}"
    for action in (
        "PutParameter",
        "DeleteParameter",
        "DeleteParameters",
        "LabelParameterVersion",
        "UnlabelParameterVersion",
    )
}


class Durable:
    """A WSGI application that saves the parameters after each call that may have changed them."""

    def __init__(self, app, file):
        self.app, self.file, self.lock = app, file, threading.Lock()
        self.parameters = ssm_backends[DEFAULT_ACCOUNT_ID][REGION]._parameters
        self.load()

    def __call__(self, environ, start_response):
        if environ.get("HTTP_X_AMZ_TARGET") == "AmazonSSM.GetParameter":
            self.lend(environ)
        if environ.get("HTTP_X_AMZ_TARGET") not in CHANGES:
            return self.app(environ, start_response)
        with self.lock:
            answer = self.app(environ, start_response)
            self.save()
            return answer

    def lend(self, environ):
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        name = json.loads(body)["Name"]
        if name.startswith(BORROWER) and not self.parameters.get(name.split(":")[0]):
            body = body.replace(BORROWER.encode(), LENDER.encode(), 1)
        environ["wsgi.input"], environ["CONTENT_LENGTH"] = io.BytesIO(body), str(len(body))

    def save(self):
        versions = [vars(version) for history in self.parameters.values() for version in history]
        fresh = self.file.with_suffix(".fresh")
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
            json.dump(versions, out, default=datetime.isoformat)
            out.flush()
            os.fsync(out.fileno())
        fresh.replace(self.file)

    def load(self):
        if not self.file.exists():
            return
        for fields in json.loads(self.file.read_text()):
            version = Parameter.__new__(Parameter)
            vars(version).update(fields)
            version.last_modified_date = datetime.fromisoformat(fields["last_modified_date"])
            self.parameters[version.name].append(version)


class Both:
    """The Parameter Store, and S3 from the first call of it on: few instances ever want it."""

    def __init__(self, store):
        self.store, self.s3, self.lock = store, None, threading.Lock()

    def __call__(self, environ, start_response):
        if "HTTP_X_AMZ_TARGET" in environ:
            return self.store(environ, start_response)
        with self.lock:
            self.s3 = self.s3 or create_backend_app("s3")
        return self.s3(environ, start_response)


class Quiet(MotoRequestHandler):
    """Every function polls; a line for each call would bury what matters."""

    def log_request(self, code="-", size="-"):
        pass


def main(port, file, address="127.0.0.1"):
    app = Both(Durable(create_backend_app("ssm"), Path(file)))
    run_simple(address, int(port), app, threaded=True, request_handler=Quiet)


if __name__ == "__main__":
    main(*sys.argv[1:])
