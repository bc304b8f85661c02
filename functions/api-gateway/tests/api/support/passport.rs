//! A passport that tells what it received, or answers what a test wants.

use std::sync::{Arc, Mutex};

use axum::{
    Json, Router,
    body::{Body, Bytes},
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use http_body_util::BodyExt;
use serde_json::{Map, Value, json};
use service_chassis::caller::Callers;
use tokio::net::TcpListener;

/// A function behind the gateway.
pub(crate) struct FakePassport {
    pub(crate) url: String,
    scene: Arc<Mutex<Scene>>,
}

/// What it answers, and what it saw.
#[derive(Default)]
struct Scene {
    answer: Option<(StatusCode, HeaderMap, Bytes)>,
    calls: usize,
}

#[derive(Clone)]
struct Backstage {
    callers: Callers,
    scene: Arc<Mutex<Scene>>,
}

impl FakePassport {
    pub(crate) async fn start(callers: Callers) -> Self {
        let scene = Arc::new(Mutex::new(Scene::default()));
        let router =
            Router::new().fallback(receive).with_state(Backstage { callers, scene: Arc::clone(&scene) });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, scene }
    }

    /// Makes it answer this, and not what it received.
    pub(crate) fn answer(&self, status: u16, headers: &[(&str, &str)], body: &str) {
        let mut fields = HeaderMap::new();
        for (name, value) in headers {
            fields.append(
                HeaderName::from_bytes(name.as_bytes()).unwrap(),
                HeaderValue::from_str(value).unwrap(),
            );
        }
        let answer = (StatusCode::from_u16(status).unwrap(), fields, Bytes::from(body.to_owned()));
        self.scene.lock().unwrap().answer = Some(answer);
    }

    /// Makes it tell what it received again.
    pub(crate) fn answer_what_it_received(&self) {
        self.scene.lock().unwrap().answer = None;
    }

    /// How many calls came through.
    pub(crate) fn calls(&self) -> usize {
        self.scene.lock().unwrap().calls
    }
}

async fn receive(State(Backstage { callers, scene }): State<Backstage>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    let prepared = {
        let mut scene = scene.lock().unwrap();
        scene.calls += 1;
        scene.answer.clone()
    };
    if let Some((status, headers, body)) = prepared {
        return (status, headers, Body::from(body)).into_response();
    }
    let believed = callers.check(&parts.method, parts.uri.path(), &parts.headers).await;
    let mut headers = Map::new();
    for name in parts.headers.keys() {
        let lines: Vec<_> = parts.headers.get_all(name).iter().map(|line| line.to_str().unwrap()).collect();
        headers.insert(name.to_string(), lines.join(" | ").into());
    }
    let caller = believed.map_or_else(
        |refusal| json!({ "refused": refusal.to_string() }),
        |caller| {
            json!({
                "function": caller.function,
                "account": caller.on_behalf.account,
                "visitor": caller.on_behalf.visitor,
                "request_id": caller.request_id,
            })
        },
    );
    Json(json!({
        "method": parts.method.as_str(),
        "target": parts.uri.path_and_query().unwrap().as_str(),
        "headers": Value::Object(headers),
        "body": String::from_utf8_lossy(&body),
        "caller": caller,
    }))
    .into_response()
}
