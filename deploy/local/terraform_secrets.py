"""Who may read which secret, with the roles that Terraform made and IAM enforced; and no secret in state.

Every function's role is taken, and asks for every secret of the manifest: its own and the public keys are
given, everybody else's refused.

    terraform_secrets.py ENDPOINT MANIFEST STATE
"""

import secrets
import sys
import urllib.request

import boto3
import yaml
from botocore.exceptions import ClientError

ENVIRONMENT, REGION = "production", "eu-central-1"
ADMIN = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}


def client(endpoint, service, credentials):
    return boto3.client(service, endpoint_url=endpoint, region_name=REGION, **credentials)


def enforce(endpoint, after):
    plain = {"Content-Type": "text/plain"}
    request = urllib.request.Request(f"{endpoint}/moto-api/reset-auth", after.encode(), plain, method="POST")
    urllib.request.urlopen(request).read()


def put_secrets(endpoint, functions):
    """path → (whose, value); public keys are everybody's."""
    ssm, made = client(endpoint, "ssm", ADMIN), {}
    for function, described in functions.items():
        root = f"/packytrace/{ENVIRONMENT}"
        paths = {f"{root}/{function}/{name}": function for name in described["secrets"]}
        paths[f"{root}/shared/internal-keys/{function}"] = None
        for path, owner in paths.items():
            value = f"canary-{secrets.token_hex(16)}"
            ssm.put_parameter(Name=path, Value=value, Type="SecureString", Overwrite=True)
            ssm.label_parameter_version(Name=path, Labels=["current"])
            made[path] = (owner, value)
    return made


def take(endpoint, role):
    sts = client(endpoint, "sts", ADMIN)
    given = sts.assume_role(RoleArn=f"arn:aws:iam::123456789012:role/{role}", RoleSessionName="test")["Credentials"]
    return {
        "aws_access_key_id": given["AccessKeyId"],
        "aws_secret_access_key": given["SecretAccessKey"],
        "aws_session_token": given["SessionToken"],
    }


def may_read(ssm, path):
    try:
        return bool(ssm.get_parameter(Name=f"{path}:current", WithDecryption=True)["Parameter"]["Value"])
    except ClientError as error:
        # moto refuses in the words of another protocol; a signature that is wrong would be refused otherwise.
        if "is not authorized to perform: ssm:GetParameter" not in str(error):
            raise
        return False


def main(endpoint, manifest, state):
    functions = yaml.safe_load(open(manifest))["functions"]
    made = put_secrets(endpoint, functions)
    taken = {function: take(endpoint, f"packytrace-{ENVIRONMENT}-{function}") for function in functions}
    machine = take(endpoint, f"packytrace-{ENVIRONMENT}-host")
    wrong, given, refused = [], 0, 0
    enforce(endpoint, "0")
    try:
        for reader, credentials in [*taken.items(), ("the machine itself", machine)]:
            ssm = client(endpoint, "ssm", credentials)
            for path, (owner, _) in made.items():
                should = owner == reader or (owner is None and reader in functions)
                if may_read(ssm, path) != should:
                    wrong.append(f"{reader} {'cannot' if should else 'can'} read {path}")
                given, refused = given + should, refused + (not should)
    finally:
        enforce(endpoint, "inf")
    with open(state) as file:
        text = file.read()
    wrong += [f"the value of {path} is in the state" for path, (_, value) in made.items() if value in text]
    print(*wrong, f"{given} reads were to be given, {refused} to be refused, {len(made)} values looked for", sep="\n")
    sys.exit(bool(wrong) or not given or not refused)


if __name__ == "__main__":
    main(*sys.argv[1:])
