//! Somebody signs out: the browser becomes somebody new.

use axum::{
    Extension,
    extract::State,
    response::{IntoResponse, Response},
};
use http::{StatusCode, header};

use super::front_door::Admitted;
use crate::{app::App, error::Error};

/// `POST /api/v1/visitor/sign-out`: a new Visitor ID for who had one, so that the device shows
/// nothing of the account that the one before belongs to.
pub async fn leave(
    State(app): State<App>,
    Extension(admitted): Extension<Admitted>,
) -> Result<Response, Error> {
    let line = match admitted.who.visitor {
        Some(_) => app.visitors.line(app.ids.random()).await?,
        None => None,
    };
    let cookie = line.map(|line| [(header::SET_COOKIE, line)]);
    Ok(cookie.map_or_else(
        || StatusCode::NO_CONTENT.into_response(),
        |cookie| (StatusCode::NO_CONTENT, cookie).into_response(),
    ))
}
