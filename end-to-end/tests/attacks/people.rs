//! Two accounts, two brands and what is theirs; and for every operation a call that its owner may make.

use std::{collections::BTreeMap, time::Duration};

use aws_lc_rs::agreement::{ECDH_P256, PrivateKey};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use end_to_end::{announce::random, patience::within, person::Person};
use reqwest::{Method, RequestBuilder, Response, StatusCode, header::CONTENT_TYPE};
use serde_json::{Value, json};
use shared_contracts::routes::Route;

use crate::{DEMO, STACK};

const PASSWORD: &str = "reads labels at night";
const SOON: Duration = Duration::from_secs(20);

/// Everybody of these tests.
pub(crate) struct People {
    /// Has a profile, scans, food, an export, a household.
    pub(crate) owner: Person<'static>,
    /// Has nothing.
    pub(crate) stranger: Person<'static>,
    /// Keeps a brand's products.
    pub(crate) editor: Person<'static>,
    /// May look at them.
    pub(crate) viewer: Person<'static>,
    /// Keeps another brand's products.
    pub(crate) rival: Person<'static>,
    pub(crate) admin: Person<'static>,
    pub(crate) nobody: Person<'static>,
    /// What stands for each parameter of a path: things of the owner and of the editor.
    pub(crate) ids: BTreeMap<&'static str, String>,
}

/// Somebody with a new account, signed in, and its id.
pub(crate) async fn newcomer(of: &str) -> (Person<'static>, String) {
    let mut person = Person::anonymous(&STACK).unwrap();
    let email = format!("{of}-{}@example.net", random().simple());
    let body = json!({"email": email, "password": PASSWORD});
    let registered = person.ask(Method::POST, "/api/v1/accounts", &body).await.unwrap();
    let account = id(&json(registered).await, "account_id");
    person.sign_in(&email, PASSWORD).await.unwrap();
    (person, account)
}

async fn json(answer: Response) -> Value {
    let (status, url) = (answer.status(), answer.url().clone());
    let body = answer.text().await.unwrap();
    assert!(status.is_success(), "{url}: {status} {body}");
    serde_json::from_str(&body).unwrap()
}

fn id(body: &Value, name: &str) -> String {
    body[name].as_str().unwrap_or_else(|| panic!("{body} has no {name}")).to_owned()
}

/// A user of this role in a brand, once everybody knows.
async fn appointed(admin: &Person<'_>, brand: &str, role: &str) -> Person<'static> {
    let (person, account) = newcomer(role).await;
    let users = format!("/api/v1/admin/brands/{brand}/users");
    json(admin.ask(Method::POST, &users, &json!({"account_id": account, "role": role})).await.unwrap()).await;
    within(SOON, "a brand's user is known", async || {
        Ok((person.get("/api/v1/brand").await?.status() == StatusCode::OK).then_some(()))
    })
    .await
    .unwrap();
    person
}

/// The GTIN of a company prefix of eight digits.
fn gtin_of(prefix: &str) -> String {
    let digits = format!("{prefix}0001");
    let sum: u32 = digits
        .chars()
        .rev()
        .zip([3, 1].into_iter().cycle())
        .map(|(digit, weight)| digit.to_digit(10).unwrap() * weight)
        .sum();
    format!("0{digits}{}", (10 - sum % 10) % 10)
}

impl People {
    pub(crate) async fn meet() -> Self {
        let admin = Person::signed_in(&STACK, "admin").await.unwrap();
        let ((owner, _), (stranger, _)) = (newcomer("owner").await, newcomer("stranger").await);
        let prefix = format!("9522{:04}", random().as_u128() % 10_000);
        let brand = json!({"name": "Attacked", "gs1_company_prefixes": [prefix]});
        let brand = id(
            &json(admin.ask(Method::POST, "/api/v1/admin/brands", &brand).await.unwrap()).await,
            "brand_id",
        );
        let other = json!({"name": "Attacking"});
        let other = id(
            &json(admin.ask(Method::POST, "/api/v1/admin/brands", &other).await.unwrap()).await,
            "brand_id",
        );
        let editor = appointed(&admin, &brand, "owner").await;
        let viewer = appointed(&admin, &brand, "viewer").await;
        let rival = appointed(&admin, &other, "owner").await;
        let ids = BTreeMap::from([
            ("brand_id", brand),
            ("gtin", gtin_of(&prefix)),
            ("purpose", "measurement".to_owned()),
            ("revision", "1".to_owned()),
            ("version", "1.0.0".to_owned()),
            ("hexadecimal", "30303030303030303030303030".to_owned()[..24].to_owned()),
            ("base64", "MDAwMDAwMDAwMDAw".to_owned()),
            ("erasure_id", random().to_string()),
        ]);
        let nobody = Person::anonymous(&STACK).unwrap();
        let mut people = Self { owner, stranger, editor, viewer, rival, admin, nobody, ids };
        people.settle_in().await;
        people.publish().await;
        people
    }

    /// The owner comes to have things.
    async fn settle_in(&mut self) {
        let owner = &self.owner;
        let choice = json!({"granted": true, "policy_version": "2026-11"});
        json(owner.ask(Method::PUT, "/api/v1/me/consents/health_profile", &choice).await.unwrap()).await;
        let profile = json!({"allergens": [{"code": "hazelnut", "sensitivity": "strict"}]});
        json(owner.ask(Method::PUT, "/api/v1/me/profile", &profile).await.unwrap()).await;
        let child = owner.ask(Method::POST, "/api/v1/me/household/profiles", &profile).await.unwrap();
        let child = id(&json(child).await, "profile_id");
        let scan = id(&json(owner.scan(DEMO).await.unwrap()).await, "scan_id");
        let item = owner.ask(Method::POST, "/api/v1/fridge/items", &json!({"scan_id": scan})).await.unwrap();
        let item = json(item).await;
        let invited =
            owner.ask(Method::POST, "/api/v1/fridge/household", &json!({"role": "member"})).await.unwrap();
        let invited = json(invited).await;
        let (guest, guest_id) = newcomer("guest").await;
        let second =
            owner.ask(Method::POST, "/api/v1/fridge/household", &json!({"role": "member"})).await.unwrap();
        let code = json!({"code": json(second).await["code"]});
        assert!(
            guest
                .ask(Method::POST, "/api/v1/fridge/household/members", &code)
                .await
                .unwrap()
                .status()
                .is_success()
        );
        let job = id(&json(owner.call(Method::POST, "/api/v1/me/export").await.unwrap()).await, "job_id");
        within(SOON, "an export", async || {
            let state: Value = owner.get(&format!("/api/v1/jobs/{job}")).await?.json().await?;
            Ok((state["state"] == "done").then_some(()))
        })
        .await
        .unwrap();
        self.ids.extend([
            ("profile_id", child),
            ("scan_id", scan),
            ("item_id", id(&item, "item_id")),
            ("event_id", id(&item, "last_event_id")),
            ("invitation_id", id(&invited, "invitation_id")),
            ("account_id", guest_id),
            ("job_id", job),
        ]);
    }

    /// The editor comes to have a product with links and a recall.
    async fn publish(&mut self) {
        let gtin = self.ids["gtin"].clone();
        let path = format!("/api/v1/brand/products/{gtin}");
        let product = self.body("putBrandProduct").unwrap();
        within(SOON, "passport knows the brand's prefix", async || {
            let put = self.editor.ask(Method::PUT, &path, &product).await?;
            Ok(put.status().is_success().then_some(()))
        })
        .await
        .unwrap();
        let recall =
            self.editor.ask(Method::POST, "/api/v1/brand/recalls", &self.body("openRecall").unwrap()).await;
        let recall = id(&json(recall.unwrap()).await, "recall_id");
        self.ids.insert("recall_id", recall);
    }

    /// A path with things of the owner and the editor in it.
    pub(crate) fn path(&self, template: &str) -> String {
        let path = self
            .ids
            .iter()
            .fold(template.to_owned(), |path, (name, id)| path.replace(&format!("{{{name}}}"), id));
        assert!(!path.contains('{'), "{path}: what stands for its parameter?");
        if path.ends_with("expiring.ics") { format!("{path}?token=none") } else { path }
    }

    /// A request that its owner may make: the route's path and a good body, sent by `person`.
    pub(crate) fn request(&self, person: &Person<'_>, route: &Route) -> RequestBuilder {
        let method: Method = route.method.as_str().parse().unwrap();
        let request = person.request(method, &self.path(&route.path));
        match self.body(&route.operation_id) {
            Some(body) => request.json(&body),
            None if route.operation_id == "importBrandProducts" => request
                .header(CONTENT_TYPE, "text/csv")
                .body(format!("gtin,names.en\n{},Bar\n", self.ids["gtin"])),
            None => request,
        }
    }

    /// A good JSON body of an operation; `None` where it takes none.
    pub(crate) fn body(&self, operation: &str) -> Option<Value> {
        let id = |name: &str| self.ids.get(name).cloned().unwrap_or_default();
        let choice = json!({"granted": true, "policy_version": "2026-11"});
        let profile = json!({"allergens": [{"code": "milk", "sensitivity": "normal"}]});
        Some(match operation {
            "registerAccount" => {
                json!({"email": format!("m-{}@example.net", random().simple()), "password": PASSWORD})
            }
            "changeMe" => json!({"display_name": "Owner"}),
            "decideConsent" | "decideVisitorConsent" => choice,
            "makeBrand" => json!({"name": "Made by an attack"}),
            "changeBrand" => json!({"name": "Attacked"}),
            "appointBrandUser" => json!({"account_id": id("account_id"), "role": "viewer"}),
            "putProfile" | "addHouseholdProfile" | "putHouseholdProfile" => profile,
            "recordScan" => json!({"code": DEMO}),
            "addFridgeItem" => json!({"scan_id": id("scan_id")}),
            "addFridgeItemByHand" => json!({"name": "Soup"}),
            "dateFridgeItem" => json!({"expires_on": "2027-01-01"}),
            "consumeFridgeItem" => json!({"quantity": 1}),
            "discardFridgeItem" => json!({"quantity": 1, "reason": "other"}),
            "undoFridgeEvent" => json!({"event_id": id("event_id")}),
            "inviteToHousehold" => json!({"role": "member"}),
            "joinHousehold" => json!({"code": "no such code"}),
            "addPushSubscription" => push_subscription(),
            "putBrandProduct" => {
                json!({"gtin": id("gtin"), "names": {"en": "Bar"}, "brand_name": "Attacked"})
            }
            "putBrandLinks" => json!({"entries": []}),
            "openRecall" => {
                json!({"gtin": id("gtin"), "lots": ["L-7"], "reason": "Glass", "instructions": "Bring it back."})
            }
            _ => return None,
        })
    }
}

/// A browser at a push service that is on our list, with keys of its own (RFC 8291, section 3).
pub(crate) fn push_subscription() -> Value {
    let key = PrivateKey::generate(&ECDH_P256).unwrap().compute_public_key().unwrap();
    json!({
        "endpoint": "https://updates.push.services.mozilla.com/wpush/v2/attack",
        "keys": {
            "p256dh": URL_SAFE_NO_PAD.encode(key),
            "auth": URL_SAFE_NO_PAD.encode(random()),
        },
    })
}
