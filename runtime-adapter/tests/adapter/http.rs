//! What goes in and what comes out.

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use lambda_http::RequestExt;
use lambda_http::request::RequestContext;

use crate::support::{Client, exchange, get as fetch, start};

async fn echo(request: Request) -> Response {
    let seen = format!("{} {}", request.method(), request.uri());
    let body = axum::body::to_bytes(request.into_body(), usize::MAX).await.unwrap();
    ([("x-seen", seen)], body).into_response()
}

#[tokio::test]
async fn a_request_reaches_the_router_and_its_answer_the_client() {
    let running = start(Router::new().fallback(any(echo))).await;
    let answer = exchange(
        running.http_address().unwrap(),
        b"POST /items/%2F?q=a+b HTTP/1.1\r\nHost: shop.example:81\r\nContent-Length: 5\r\n\r\nhello",
    )
    .await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("x-seen"), Some("POST https://shop.example:81/items/%2F?q=a+b"));
    assert_eq!(answer.text(), "hello");
}

#[tokio::test]
async fn a_connection_serves_many_requests_in_their_order() {
    let running = start(Router::new().fallback(any(echo))).await;
    let mut client = Client::connect(running.http_address().unwrap()).await;
    for number in 0..3 {
        let request = format!("GET /{number} HTTP/1.1\r\nHost: h\r\n\r\n");
        let answer = client.exchange(request.as_bytes()).await;
        assert_eq!(answer.header("x-seen"), Some(format!("GET https://h/{number}").as_str()));
    }
    client.send(b"GET /a HTTP/1.1\r\nHost: h\r\n\r\nGET /b HTTP/1.1\r\nHost: h\r\n\r\n").await;
    assert_eq!(client.answer_to("GET").await.header("x-seen"), Some("GET https://h/a"));
    assert_eq!(client.answer_to("GET").await.header("x-seen"), Some("GET https://h/b"));
}

#[tokio::test]
async fn a_handler_sees_the_context_that_lambda_gives() {
    async fn handler(request: Request) -> Response {
        let lambda = request.lambda_context();
        let Some(RequestContext::ApiGatewayV2(context)) = request.request_context_ref().cloned() else {
            return StatusCode::IM_A_TEAPOT.into_response();
        };
        let same_id = context.request_id.as_deref() == Some(lambda.request_id.as_str());
        axum::Json(serde_json::json!({
            "context": context, "same_id": same_id, "deadline": lambda.deadline,
            "function": lambda.env_config.function_name,
        }))
        .into_response()
    }
    let running = start(Router::new().fallback(any(handler))).await;
    let answer = exchange(
        running.http_address().unwrap(),
        b"GET /p HTTP/1.1\r\nHost: h.example\r\nUser-Agent: probe/1\r\n\r\n",
    )
    .await
    .json();
    assert_eq!(answer["same_id"], true);
    assert_eq!(answer["function"], "fixture");
    assert_eq!(answer["deadline"], 1_795_341_620_123_u64);
    let context = &answer["context"];
    assert_eq!(context["stage"], "$default");
    assert_eq!(context["domainName"], "h.example");
    assert_eq!(context["time"], "22/Nov/2026:10:00:00 +0000");
    assert_eq!(context["timeEpoch"], 1_795_341_600_123_u64);
    assert_eq!(context["http"]["sourceIp"], "127.0.0.1");
    assert_eq!(context["http"]["protocol"], "HTTP/1.1");
    assert_eq!(context["http"]["userAgent"], "probe/1");
}

#[tokio::test]
async fn a_repeated_answer_header_keeps_its_first_value_and_cookies_are_all_kept() {
    async fn handler() -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in ["one=1", "two=2"] {
            headers.append(header::SET_COOKIE, HeaderValue::from_static(value));
        }
        for value in ["Accept", "Origin"] {
            headers.append(header::VARY, HeaderValue::from_static(value));
        }
        headers
    }
    let running = start(Router::new().route("/", get(handler))).await;
    let answer = fetch(running.http_address().unwrap(), "/").await;
    assert_eq!(answer.all("set-cookie"), ["one=1", "two=2"]);
    assert_eq!(answer.all("vary"), ["Accept"]);
}

#[tokio::test]
async fn head_is_answered_without_a_body_and_with_its_length() {
    let running = start(Router::new().route("/", get(async || "twelve bytes"))).await;
    let mut client = Client::connect(running.http_address().unwrap()).await;
    let head = client.exchange(b"HEAD / HTTP/1.1\r\nHost: h\r\n\r\n").await;
    assert_eq!((head.status, head.header("content-length")), (200, Some("12")));
    // nothing of a body stands before the next answer
    let next = client.exchange(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n").await;
    assert_eq!(next.text(), "twelve bytes");
}

#[tokio::test]
async fn answers_that_may_have_no_body_have_none() {
    let router = Router::new()
        .route("/204", get(async || (StatusCode::NO_CONTENT, "not sent")))
        .route("/304", get(async || (StatusCode::NOT_MODIFIED, "not sent")));
    let running = start(router).await;
    let mut client = Client::connect(running.http_address().unwrap()).await;
    for status in [204, 304, 204] {
        let request = format!("GET /{status} HTTP/1.1\r\nHost: h\r\n\r\n");
        assert_eq!(client.exchange(request.as_bytes()).await.status, status);
    }
}

#[tokio::test]
async fn binary_answers_arrive_byte_by_byte() {
    let bytes: Vec<u8> = (0..=255).collect();
    let sent = bytes.clone();
    let handler = async move || ([(header::CONTENT_TYPE, "application/octet-stream")], sent);
    let running = start(Router::new().route("/", get(handler))).await;
    assert_eq!(fetch(running.http_address().unwrap(), "/").await.body, bytes);
}

#[tokio::test]
async fn text_answers_become_utf8_as_lambda_http_makes_them() {
    let router = Router::new()
        .route(
            "/latin",
            get(async || ([(header::CONTENT_TYPE, "text/plain; charset=iso-8859-1")], b"caf\xE9".to_vec())),
        )
        .route("/broken", get(async || Response::new(Body::from(b"a\xFFb".to_vec()))))
        .route(
            "/packed",
            get(async || {
                let headers = [(header::CONTENT_TYPE, "text/plain"), (header::CONTENT_ENCODING, "gzip")];
                (headers, b"\x1F\x8B\xFF".to_vec())
            }),
        );
    let running = start(router).await;
    let address = running.http_address().unwrap();
    assert_eq!(fetch(address, "/latin").await.text(), "café");
    assert_eq!(fetch(address, "/broken").await.text(), "a\u{FFFD}b");
    assert_eq!(fetch(address, "/packed").await.body, b"\x1F\x8B\xFF");
}

#[tokio::test]
async fn chunked_bodies_arrive_whole() {
    let running = start(Router::new().fallback(any(echo))).await;
    let answer = exchange(
        running.http_address().unwrap(),
        b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n",
    )
    .await;
    assert_eq!(answer.text(), "abcdefg");
}
