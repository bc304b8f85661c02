"""Secrets beside Terraform: in their place before anything is planned, read by those who may, known to nobody else.

    terraform_secrets.py put ENDPOINT MANIFEST KEPT     every secret of the manifest into SSM, as its operator would
    terraform_secrets.py read ENDPOINT MANIFEST KEPT    each function's role, with IAM enforced, asks for each secret
    terraform_secrets.py search KEPT FILE…              no value in states and plans (plans are archives)

KEPT is a file that remembers what was put: path → whose it is, and the part of the value to look for.
"""

import json
import secrets
import sys
import urllib.request
import zipfile

import boto3
import yaml
from botocore.exceptions import ClientError

ENVIRONMENT, REGION = "production", "eu-central-1"
ROOT = f"/packytrace/{ENVIRONMENT}"
ADMIN = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}


def client(endpoint, service, credentials=ADMIN):
    return boto3.client(service, endpoint_url=endpoint, region_name=REGION, **credentials)


def functions_of(manifest):
    with open(manifest) as file:
        return yaml.safe_load(file)["functions"]


def remembered(kept):
    with open(kept) as file:
        return json.load(file)


def put(endpoint, manifest, kept):
    ssm, made = client(endpoint, "ssm"), {}
    for function, described in functions_of(manifest).items():
        paths = {f"{ROOT}/{function}/{name}": function for name in described["secrets"]}
        # Public keys are everybody's.
        paths[f"{ROOT}/shared/internal-keys/{function}"] = None
        for path, owner in paths.items():
            canary = f"canary-{secrets.token_hex(16)}"
            value = json.dumps({"username": f"{function}_svc_a", "password": canary})
            ssm.put_parameter(Name=path, Value=value, Type="SecureString", Overwrite=True)
            ssm.label_parameter_version(Name=path, Labels=["current"])
            made[path] = (owner, canary)
    with open(kept, "w") as file:
        json.dump(made, file)
    print(f"{len(made)} secrets are in their place")
    return []


def enforce(endpoint, after):
    plain = {"Content-Type": "text/plain"}
    request = urllib.request.Request(f"{endpoint}/moto-api/reset-auth", after.encode(), plain, method="POST")
    urllib.request.urlopen(request).read()


def take(endpoint, role):
    arn = f"arn:aws:iam::123456789012:role/packytrace-{ENVIRONMENT}-{role}"
    given = client(endpoint, "sts").assume_role(RoleArn=arn, RoleSessionName="test")["Credentials"]
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


def read(endpoint, manifest, kept):
    functions, made = functions_of(manifest), remembered(kept)
    readers = {reader: take(endpoint, reader) for reader in [*functions, "host"]}
    wrong, given, refused = [], 0, 0
    enforce(endpoint, "0")
    try:
        for reader, credentials in readers.items():
            ssm = client(endpoint, "ssm", credentials)
            for path, (owner, _) in made.items():
                should = owner == reader or (owner is None and reader in functions)
                if may_read(ssm, path) != should:
                    wrong.append(f"{reader} {'cannot' if should else 'can'} read {path}")
                given, refused = given + should, refused + (not should)
    finally:
        enforce(endpoint, "inf")
    print(f"{given} reads were to be given, {refused} to be refused")
    return wrong if given and refused else ["nothing was asked"]


def contents(path):
    if not zipfile.is_zipfile(path):
        with open(path, "rb") as file:
            return file.read()
    with zipfile.ZipFile(path) as archive:
        return b"".join(archive.read(name) for name in archive.namelist())


def search(kept, *paths):
    made = remembered(kept)
    texts = {path: contents(path) for path in paths}
    print(f"{len(made)} values looked for in {len(texts)} files, {sum(map(len, texts.values()))} bytes")
    if not made or not all(texts.values()):
        return ["there is nothing to look for, or nowhere to look"]
    return [
        f"the value of {secret} is in {path}"
        for secret, (_, canary) in made.items()
        for path, text in texts.items()
        if canary.encode() in text
    ]


def main(what, *arguments):
    wrong = {"put": put, "read": read, "search": search}[what](*arguments)
    print(*wrong, sep="\n", end="\n" if wrong else "")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main(*sys.argv[1:])
