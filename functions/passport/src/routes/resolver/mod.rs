//! `/01/…`: the GS1 resolver. A phone's camera follows the code on a package to here.

mod answers;
mod call;
mod visits;

use axum::{
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use http::Uri;
use service_chassis::caller::Caller;
use sqlx::PgConnection;
use uuid::Uuid;

pub use answers::{methods, open_to_all};

use self::call::Call;
use crate::{
    app::App,
    domain::{
        asked::Wanted,
        links::{self, Link},
        linkset,
        passport::product,
        resolution::{Found, Levels},
    },
    error::Error,
    store::{
        self,
        links::{Known, Standing},
    },
};

/// `GET`, `HEAD`: leads to the best link of what the address names, or tells which links there
/// are. A person's browser that comes with `GET` has scanned it.
pub async fn resolve(State(app): State<App>, caller: Caller, request: Request) -> Response {
    let call = match Call::read(&request, app.clock.today()) {
        Ok(call) => call,
        Err(error) => return open_to_all(answers::refused(error, call::form(&request))),
    };
    let answer = answer(&app, &caller, &call).await;
    open_to_all(answer.unwrap_or_else(|error| answers::refused(error, call.asked.form)))
}

/// `OPTIONS`: a fixed list, whatever a preflight asks for.
pub async fn options(State(app): State<App>, _: Caller, uri: Uri) -> Response {
    match Call::of(&uri, app.clock.today()) {
        Ok(call) => answers::linked(methods(), &[call.to_linkset(&app.config.public_url)]),
        Err(error) => open_to_all(error.into_response()),
    }
}

async fn answer(app: &App, caller: &Caller, call: &Call<'_>) -> Result<Response, Error> {
    let mut conn = app.database.acquire().await?;
    let known = store::links::known(&mut conn, call.gtin.as_str(), &call.level).await?;
    let scan = if call.is_visit { visits::keep(app, &mut conn, call, caller).await? } else { None };
    let answer = told(app, &mut conn, call, known, scan).await;
    Ok(match scan {
        Some(_) => visits::kept(answer.unwrap_or_else(|error| answers::refused(error, call.asked.form))),
        None => answer?,
    })
}

/// What is known, as the call wants it.
async fn told(
    app: &App,
    conn: &mut PgConnection,
    call: &Call<'_>,
    known: Known,
    scan: Option<Uuid>,
) -> Result<Response, Error> {
    if known.standing == Some(Standing::Withdrawn) {
        return Err(Error::Withdrawn);
    }
    let levels = levels(app, conn, call, known).await?;
    let url = &app.config.public_url;
    match &call.asked.wanted {
        _ if levels.entries().is_empty() => Err(Error::NotFound),
        Wanted::Linkset => Ok(answers::linkset(call, url, &linkset::members(url, call.gtin, &levels))),
        Wanted::Default => {
            let link = levels.default_link(&call.asked.wishes).ok_or(Error::NotFound)?;
            Ok(answers::redirect(call, url, &default_target(app, call, link, scan)))
        }
        Wanted::Type(kind) => match levels.of_type(kind, &call.asked.wishes) {
            Found::One(link) => Ok(answers::redirect(call, url, &links::forward(&link.href, call.query))),
            Found::Several(entry, several) => {
                let member = linkset::member(url, call.gtin, &levels, &entry.level, several);
                Ok(answers::choices(call, url, &[member]))
            }
            Found::None => {
                let members = linkset::members(url, call.gtin, &levels);
                Err(Error::NoSuchLink { kind: kind.clone(), members })
            }
        },
    }
}

/// The links of every level. What the product's own data can answer matters only where more than
/// the default is asked for.
async fn levels(app: &App, conn: &mut PgConnection, call: &Call<'_>, known: Known) -> Result<Levels, Error> {
    let own = match (known.standing, &call.asked.wanted) {
        (None, _) => None,
        (Some(_), Wanted::Default) => Some(links::own_entry(&app.config.public_url, call.gtin, None)),
        (Some(_), _) => {
            let row = store::products::find(conn, call.gtin.as_str()).await?;
            let product = row.map(|row| product(row.document)).transpose()?;
            Some(links::own_entry(&app.config.public_url, call.gtin, product.as_ref()))
        }
    };
    Ok(Levels::new(known.entries, own))
}

/// The default link with the query of the call; our own page is told which scan led to it.
fn default_target(app: &App, call: &Call<'_>, link: &Link, scan: Option<Uuid>) -> String {
    let page = links::passport_page(&app.config.public_url, call.gtin);
    match scan.filter(|_| link.href == page) {
        Some(scan) => links::forward(&links::visited_page(&page, scan, &call.code), call.query),
        None => links::forward(&link.href, call.query),
    }
}
