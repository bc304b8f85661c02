//! A Keycloak with users, which can be away, answer nothing of use, or refuse passwords.

use std::sync::{Arc, Mutex};

use axum::{
    Json, Router,
    body::Body,
    extract::{Path, Query, State},
    http::{HeaderMap, Request, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post, put},
};
use serde::Deserialize;
use serde_json::{Value, json};
use service_chassis::clock::Clock;
use tokio::net::TcpListener;
use uuid::Uuid;

/// How it behaves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Mood {
    /// Well.
    #[default]
    Well,
    /// It does what it is asked and answers 500.
    Muddled,
    /// It answers 503 to everything and does nothing.
    Down,
    /// It finds every password too weak.
    Strict,
}

#[derive(Clone)]
struct User {
    id: Uuid,
    email: String,
    password: String,
    created_ms: i64,
}

#[derive(Default)]
struct Scene {
    mood: Mood,
    users: Vec<User>,
    mails: Vec<Uuid>,
}

#[derive(Clone)]
struct Stage {
    scene: Arc<Mutex<Scene>>,
    clock: Clock,
}

/// The server.
pub(crate) struct FakeKeycloak {
    pub(crate) url: String,
    stage: Stage,
}

#[derive(Deserialize)]
struct Search {
    email: Option<String>,
    first: Option<usize>,
}

impl FakeKeycloak {
    pub(crate) async fn start(clock: Clock) -> Self {
        let stage = Stage { scene: Arc::default(), clock };
        let users = "/admin/realms/packytrace/users";
        let router = Router::new()
            .route("/realms/packytrace/protocol/openid-connect/token", post(token))
            .route(users, post(make).get(search))
            .route(&format!("{users}/{{id}}"), get(find).delete(remove))
            .route(&format!("{users}/{{id}}/reset-password"), put(set_password))
            .route(&format!("{users}/{{id}}/send-verify-email"), put(send_mail))
            .layer(middleware::from_fn_with_state(stage.clone(), behave))
            .with_state(stage.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, stage }
    }

    pub(crate) fn set(&self, mood: Mood) {
        self.stage.scene.lock().unwrap().mood = mood;
    }

    /// Adds somebody whom identity has not made.
    pub(crate) fn add(&self, id: Uuid, email: &str) {
        self.stage.add(id, email, "made by hand in keycloak");
    }

    /// Who was sent a mail.
    pub(crate) fn mails(&self) -> Vec<Uuid> {
        self.stage.scene.lock().unwrap().mails.clone()
    }

    /// Addresses and passwords of all users.
    pub(crate) fn users(&self) -> Vec<(Uuid, String, String)> {
        let users = self.stage.scene.lock().unwrap().users.clone();
        users.into_iter().map(|user| (user.id, user.email, user.password)).collect()
    }
}

impl Stage {
    fn add(&self, id: Uuid, email: &str, password: &str) {
        let created_ms = self.clock.now().timestamp_millis();
        let user = User { id, email: email.to_owned(), password: password.to_owned(), created_ms };
        self.scene.lock().unwrap().users.push(user);
    }
}

async fn behave(State(stage): State<Stage>, request: Request<Body>, next: Next) -> Response {
    let mood = stage.scene.lock().unwrap().mood;
    let changes = request.method() != "GET" && !request.uri().path().ends_with("/token");
    match mood {
        Mood::Down => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        Mood::Muddled if changes => {
            next.run(request).await;
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
        Mood::Strict if changes => {
            let body = json!({"errorMessage": "Password policy not met"});
            (StatusCode::BAD_REQUEST, Json(body)).into_response()
        }
        _ => next.run(request).await,
    }
}

async fn token(body: String) -> Json<Value> {
    assert!(body.contains("grant_type=client_credentials") && body.contains("client_assertion=ey"), "{body}");
    Json(json!({"access_token": "token", "expires_in": 60}))
}

async fn make(State(stage): State<Stage>, headers: HeaderMap, Json(user): Json<Value>) -> Response {
    assert_eq!(headers[header::AUTHORIZATION], "Bearer token");
    let email = user["email"].as_str().unwrap();
    if stage.scene.lock().unwrap().users.iter().any(|user| user.email == email) {
        return (StatusCode::CONFLICT, Json(json!({"errorMessage": "User exists with same username"})))
            .into_response();
    }
    let id = service_chassis::ids::Ids::system().random();
    stage.add(id, email, user["credentials"][0]["value"].as_str().unwrap());
    (StatusCode::CREATED, [(header::LOCATION, format!("http://kc/admin/realms/packytrace/users/{id}"))])
        .into_response()
}

fn shown(user: &User) -> Value {
    json!({"id": user.id, "email": user.email, "createdTimestamp": user.created_ms})
}

async fn search(State(stage): State<Stage>, Query(search): Query<Search>) -> Json<Vec<Value>> {
    let users = stage.scene.lock().unwrap().users.clone();
    let asked = |user: &&User| search.email.as_ref().is_none_or(|email| *email == user.email);
    Json(users.iter().filter(asked).skip(search.first.unwrap_or_default()).map(shown).collect())
}

async fn find(State(stage): State<Stage>, Path(id): Path<Uuid>) -> Response {
    match stage.scene.lock().unwrap().users.iter().find(|user| user.id == id) {
        Some(user) => Json(shown(user)).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn remove(State(stage): State<Stage>, Path(id): Path<Uuid>) -> StatusCode {
    stage.scene.lock().unwrap().users.retain(|user| user.id != id);
    StatusCode::NO_CONTENT
}

async fn set_password(
    State(stage): State<Stage>,
    Path(id): Path<Uuid>,
    Json(credential): Json<Value>,
) -> StatusCode {
    let mut scene = stage.scene.lock().unwrap();
    let Some(user) = scene.users.iter_mut().find(|user| user.id == id) else { return StatusCode::NOT_FOUND };
    credential["value"].as_str().unwrap().clone_into(&mut user.password);
    StatusCode::NO_CONTENT
}

async fn send_mail(State(stage): State<Stage>, Path(id): Path<Uuid>) -> StatusCode {
    stage.scene.lock().unwrap().mails.push(id);
    StatusCode::NO_CONTENT
}
