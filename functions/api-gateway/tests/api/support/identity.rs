//! An Identity that answers the gateway's own questions as a test wants, and keeps count.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use axum::{
    Json, Router,
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use http::StatusCode;
use serde_json::{Value, json};
use service_chassis::caller::Callers;
use tokio::net::TcpListener;

/// The function beside the gateway.
pub(crate) struct FakeIdentity {
    pub(crate) url: String,
    scene: Arc<Mutex<Scene>>,
}

/// What it knows, and what it was asked.
#[derive(Default)]
struct Scene {
    answers: HashMap<&'static str, (u16, Value)>,
    asked: Vec<String>,
}

#[derive(Clone)]
struct Backstage {
    callers: Callers,
    scene: Arc<Mutex<Scene>>,
}

impl FakeIdentity {
    /// One that links every visitor, knows no brands and has erased nobody.
    pub(crate) async fn start(callers: Callers) -> Self {
        let scene = Arc::new(Mutex::new(Scene::default()));
        let fake = Self { url: String::new(), scene: Arc::clone(&scene) };
        fake.answer("/link", 200, json!({"status": "linked"}));
        fake.answer("/revocations", 200, json!({"accounts": []}));
        let router = Router::new().fallback(receive).with_state(Backstage { callers, scene });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, ..fake }
    }

    /// Makes it answer this to paths that end so.
    pub(crate) fn answer(&self, end: &'static str, status: u16, body: Value) {
        self.scene.lock().unwrap().answers.insert(end, (status, body));
    }

    /// How often a path that ends so was asked for.
    pub(crate) fn asked(&self, end: &str) -> usize {
        self.scene.lock().unwrap().asked.iter().filter(|path| path.ends_with(end)).count()
    }
}

async fn receive(State(Backstage { callers, scene }): State<Backstage>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    if let Err(refusal) = callers.check(request.method(), &path, request.headers()).await {
        return (StatusCode::UNAUTHORIZED, refusal.to_string()).into_response();
    }
    let mut scene = scene.lock().unwrap();
    let found = scene.answers.iter().find(|(end, _)| path.ends_with(*end)).map(|(_, answer)| answer.clone());
    scene.asked.push(path);
    match found {
        Some((status, body)) => (StatusCode::from_u16(status).unwrap(), Json(body)).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
