//! A passport that gives its part of an export, or not.

use std::sync::{Arc, Mutex};

use axum::{
    Json, Router,
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use http::StatusCode;
use serde_json::json;
use service_chassis::caller::Callers;
use tokio::net::TcpListener;

/// The function.
pub(crate) struct FakePassport {
    pub(crate) url: String,
    status: Arc<Mutex<u16>>,
}

impl FakePassport {
    pub(crate) async fn start(callers: Callers) -> Self {
        let status = Arc::new(Mutex::new(200));
        let router = Router::new().fallback(receive).with_state((callers, Arc::clone(&status)));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, status }
    }

    /// Makes it answer this status.
    pub(crate) fn answer(&self, status: u16) {
        *self.status.lock().unwrap() = status;
    }
}

async fn receive(State((callers, status)): State<(Callers, Arc<Mutex<u16>>)>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    let caller = callers.check(request.method(), &path, request.headers()).await.unwrap();
    let status = StatusCode::from_u16(*status.lock().unwrap()).unwrap();
    let account = caller.on_behalf.account.unwrap();
    assert_eq!(path, format!("/internal/v1/accounts/{account}/export"));
    (status, Json(json!({"service": "passport", "data": {"scans": [{"account": account}]}}))).into_response()
}
