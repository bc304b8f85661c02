"""What the host writes for AWS's pollers (deploy/lambda/broker.sh), against a local AWS.

    terraform_pollers.py ENDPOINT SCRIPT WANTED FOLDER

WANTED is the deployment as Terraform wrote it, FOLDER one of this run's. Asked are: the certificate holds for
the broker's name, and for no other; each function's login is where its mapping looks; nothing is copied twice;
a version counts when its label says so, and then it is copied; the certificate of the first start stays.
"""

import json
import os
import pathlib
import subprocess
import sys

import boto3

REGION = "eu-central-1"


class Host:
    def __init__(self, endpoint, script, wanted, folder):
        self.wanted, self.script = json.loads(pathlib.Path(wanted).read_text()), script
        self.state, self.run = pathlib.Path(folder, "state"), pathlib.Path(folder, "run")
        self.state.mkdir(parents=True)
        (self.run / "redpanda").mkdir(parents=True)
        (self.state / "wanted.json").write_text(json.dumps(self.wanted))
        settings = self.wanted["settings"]
        self.name = settings["BROKER_NAME"]
        keys = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": REGION}
        self.environment = os.environ | keys | {
            "AWS_ENDPOINT_URL": endpoint, "PACKYTRACE_ENV": settings["PACKYTRACE_ENV"], "BROKER_NAME": self.name,
            "PACKYTRACE_STATE": str(self.state), "PACKYTRACE_RUN": str(self.run), "BROKER_USER": str(os.getuid()),
        }  # fmt: skip
        made = {"endpoint_url": endpoint, "region_name": REGION}
        made |= {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
        self.ssm, self.manager = boto3.client("ssm", **made), boto3.client("secretsmanager", **made)

    def does(self, what):
        done = subprocess.run([self.script, what], env=self.environment, capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"{what}: {done.stderr}")
        return done.stdout.splitlines()

    def copy(self, arn):
        return self.manager.get_secret_value(SecretId=arn)["SecretString"]

    def current(self, parameter):
        return self.ssm.get_parameter(Name=f"{parameter}:current", WithDecryption=True)["Parameter"]["Value"]

    def certificate_is_of(self, name):
        authority = self.run / "authority.pem"
        authority.write_text(json.loads(self.copy(self.wanted["pollers"]["authority"]))["certificate"])
        certificate = self.run / "redpanda" / "broker-certificate.pem"
        command = ["openssl", "verify", "-purpose", "sslserver", "-CAfile", authority, "-verify_hostname", name, certificate]
        return subprocess.run(command, capture_output=True).returncode == 0

    def key_fits(self):
        folder = self.run / "redpanda"
        of_key = ["openssl", "pkey", "-pubout", "-in", folder / "broker-key.pem"]
        of_certificate = ["openssl", "x509", "-noout", "-pubkey", "-in", folder / "broker-certificate.pem"]
        return subprocess.check_output(of_key) == subprocess.check_output(of_certificate)


def main(*arguments):
    host, wrong = Host(*arguments), []
    logins = host.wanted["pollers"]["logins"]

    def must(holds, what):
        if not holds:
            wrong.append(what)

    must(len(host.does("certificate")) == 1, "the authority was not copied once")
    must(host.certificate_is_of(host.name), f"the certificate is not of {host.name}")
    must(not host.certificate_is_of("else.where"), "the certificate is of any name")
    must(host.key_fits(), "the key is another's")
    first = (host.run / "redpanda" / "broker-certificate.pem").read_text()
    must(not host.does("certificate"), "the authority was copied twice")
    must(first == (host.run / "redpanda" / "broker-certificate.pem").read_text(), "a second start makes another certificate")

    must(len(host.does("logins")) == len(logins) > 0, "not every login was copied")
    must(all(host.copy(arn) == host.current(name) for name, arn in logins.items()), "a copy is not the current login")
    must(not host.does("logins"), "a login was copied twice")

    name, arn = next(iter(logins.items()))
    changed = host.ssm.put_parameter(Name=name, Value='{"username":"b"}', Type="SecureString", Overwrite=True)
    must(not host.does("logins"), "a login was copied before it counts")
    host.ssm.label_parameter_version(Name=name, ParameterVersion=changed["Version"], Labels=["current"])
    must(len(host.does("logins")) == 1 and host.copy(arn) == '{"username":"b"}', "a new login was not copied")

    left = [str(path) for path in (host.run / "redpanda").iterdir() if not path.name.endswith(".pem")]
    must(not left, f"left behind: {left}")
    print(*wrong, f"{len(logins)} logins, certificate of {host.name}", sep="\n")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main(*sys.argv[1:])
