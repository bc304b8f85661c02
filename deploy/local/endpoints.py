"""endpoints.json: what programs need to know of the running instance, with its passwords.

The brands of the demo catalogue are made here, through the public door, as an administrator would:
each with its prefix, trusted; the brand user owns the first.

Every demo user signs in once through the public door, which proves the printed logins and tells
their account ids. Addresses come from the environment (endpoints.sh), the rest from the manifest,
the realm file and SSM.

    endpoints.py MANIFEST DEMO_REALM FUNCTION=URL,ADMIN_URL…
"""

import base64
import json
import os
import sys
import urllib.parse
import urllib.request

import boto3
import yaml

REALM = "packytrace"
TEST_CLIENT = "packytrace-test"
env = os.environ


BRANDS = [
    {"name": "Auenkorn", "gs1_company_prefixes": ["9521234"]},
    {"name": "Nordmole", "gs1_company_prefixes": ["9521321"]},
]


def token(email, password):
    """A fresh access token."""
    form = {"grant_type": "password", "client_id": TEST_CLIENT, "username": email, "password": password}
    url = f"{env['KEYCLOAK_URL']}/realms/{REALM}/protocol/openid-connect/token"
    with urllib.request.urlopen(url, urllib.parse.urlencode(form).encode(), timeout=30) as answer:
        return json.load(answer)["access_token"]


def subject(token):
    """The account id in an access token."""
    return json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))["sub"]


def api(method, path, token, body=None):
    """One call of the public API."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(env["BASE_URL"] + path, data, headers, method=method)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def demo_brand(admin, wanted):
    """The id of a demo brand, which is made at the first start."""
    brands = api("GET", "/api/v1/admin/brands?limit=200", admin)["items"]
    known = [brand for brand in brands if brand["gs1_company_prefixes"] == wanted["gs1_company_prefixes"]]
    brand = known[0] if known else api("POST", "/api/v1/admin/brands", admin, wanted)
    if not brand["trusted"]:
        api("PATCH", f"/api/v1/admin/brands/{brand['brand_id']}", admin, {"trusted": True})
    return brand["brand_id"]


def demo_owner(admin, brand_id, account_id):
    """Makes the brand user the owner of a brand."""
    owner = {"account_id": account_id, "role": "owner"}
    api("POST", f"/api/v1/admin/brands/{brand_id}/users", admin, owner)


def demo_users(realm):
    """Everybody of the demo, each signed in once."""
    users = [demo_user(user) for user in json.load(open(realm))["users"]]
    tokens = {user["role"]: token(user["email"], user["password"]) for user in users}
    admin = tokens["admin"]
    brands = [demo_brand(admin, brand) for brand in BRANDS]
    for user in users:
        if user["role"] == "brand":
            demo_owner(admin, brands[0], user["account_id"])
            user["brand_id"] = brands[0]
    return users


def demo_user(user):
    email, password = user["email"], user["credentials"][0]["value"]
    role = {"brand": "brand", "admin": "admin"}.get(email.split("@")[0], "consumer")
    return {"email": email, "password": password, "role": role, "account_id": subject(token(email, password))}


def database_url(ssm, name, database):
    """The function's own restricted login, as it stands in SSM now."""
    value = ssm.get_parameter(Name=f"/packytrace/local/{name}/database:current", WithDecryption=True)
    login = json.loads(value["Parameter"]["Value"])
    password = urllib.parse.quote(login["password"], safe="")
    return f"postgres://{login['username']}:{password}@{env['POSTGRES']}/{database}"


def function(ssm, name, described, addresses):
    url, admin_url = addresses.split(",")
    entry = {"url": url, "admin_url": admin_url}
    if owned := described.get("database"):
        entry["database_url"] = database_url(ssm, name, owned["database"])
    return entry


def main(manifest, demo_realm, *functions):
    described = yaml.safe_load(open(manifest))["functions"]
    ssm = boto3.client("ssm", region_name=env["AWS_REGION"])
    addresses = dict(each.split("=", 1) for each in functions)
    databases = [each["database"] for each in described.values() if "database" in each]
    endpoints = {
        "base_url": env["BASE_URL"],
        "keycloak_url": env["KEYCLOAK_URL"],
        "realm": REALM,
        "issuer": f"{env['KEYCLOAK_URL']}/realms/{REALM}",
        "test_client_id": TEST_CLIENT,
        "demo_users": demo_users(demo_realm),
        "kafka": {
            "bootstrap": env["KAFKA_BOOTSTRAP"],
            "mechanism": "SCRAM-SHA-512",
            "username": "admin",
            "password": env["KAFKA_PASSWORD"],
        },
        "postgres_admin_url": env["POSTGRES_ADMIN_URL"],
        "ssm_endpoint": env["AWS_ENDPOINT_URL_SSM"],
        "functions": {
            name: function(ssm, name, described[name], addresses[name]) for name in described
        },
        "databases": {owned["schema"]: owned["database"] for owned in databases},
    }
    json.dump(endpoints, sys.stdout, indent=2)
    print()


if __name__ == "__main__":
    main(*sys.argv[1:])
