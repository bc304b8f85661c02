//! `/api/v1/fridge/household`: sharing a fridge. What is shared is food: no profile, no consent.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use chrono::TimeDelta;
use http::StatusCode;
use service_chassis::extract::{Json, Path};
use shared_contracts::fridge::{
    Household, Invitation, InvitationRequest, JoinRequest, Member, NewInvitation, Role,
};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{
    app::App,
    auth::Account,
    domain::{snapshot::Invalid, token},
    error::Error,
    store,
};

/// For how long an invitation can be accepted.
const OPEN: TimeDelta = TimeDelta::days(7);

/// `GET /api/v1/fridge/household`: whom the caller shares a fridge with.
pub async fn read(State(app): State<App>, account: Account) -> Result<Json<Household>, Error> {
    let mut conn = app.database.acquire().await?;
    Ok(Json(of(&app, &mut conn, account.id).await?))
}

/// `POST /api/v1/fridge/household`: invites somebody into the own fridge.
pub async fn invite(
    State(app): State<App>,
    account: Account,
    Json(request): Json<InvitationRequest>,
) -> Result<Response, Error> {
    if request.role == Role::Owner {
        let detail = "a fridge has one owner: member or viewer".to_owned();
        return Err(Invalid { pointer: "/role", detail }.into());
    }
    let (now, code) = (app.clock.now(), token::draw()?);
    let invitation =
        Invitation { invitation_id: app.ids.next(now), role: request.role, expires_at: now + OPEN };
    let mut tx = app.begin(account.id).await?;
    if store::households::access(&mut tx, account.id).await?.shared.is_some() {
        return Err(Error::Conflict("You share somebody else's fridge. Its owner invites."));
    }
    store::households::invite(&mut tx, account.id, &invitation, &token::hash(&code)).await?;
    tx.commit().await?;
    let Invitation { invitation_id, role, expires_at } = invitation;
    let invitation = NewInvitation { invitation_id, code, role, expires_at };
    Ok((StatusCode::CREATED, axum::Json(invitation)).into_response())
}

/// `POST /api/v1/fridge/household/members`: accepts an invitation.
pub async fn join(
    State(app): State<App>,
    account: Account,
    Json(request): Json<JoinRequest>,
) -> Result<Response, Error> {
    // Notices are for the member's own clock on the wall.
    app.person(&account).await?;
    let mut tx = app.begin(account.id).await?;
    let now = app.clock.now();
    let invited = store::households::accept(&mut tx, &token::hash(&request.code), now).await?;
    let (owner, role) = invited.ok_or(Error::NotFound)?;
    if owner == account.id || !store::households::members(&mut tx, account.id).await?.is_empty() {
        return Err(Error::Conflict("You share your own fridge already. End that household first."));
    }
    if !store::households::join(&mut tx, account.id, owner, role, now).await? {
        return Err(Error::Conflict("You share a fridge already. Leave that household first."));
    }
    let household = of(&app, &mut tx, account.id).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, axum::Json(household)).into_response())
}

/// `DELETE /api/v1/fridge/household`: leaves it; for its owner, ends it.
pub async fn leave(State(app): State<App>, account: Account) -> Result<StatusCode, Error> {
    let mut conn = app.database.acquire().await?;
    store::households::leave(&mut conn, account.id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `DELETE /api/v1/fridge/household/members/{account_id}`: the owner shuts a member out.
pub async fn remove(
    State(app): State<App>,
    account: Account,
    Path(member): Path<Uuid>,
) -> Result<StatusCode, Error> {
    let mut conn = app.database.acquire().await?;
    let removed = store::households::remove(&mut conn, account.id, member).await?;
    if removed { Ok(StatusCode::NO_CONTENT) } else { Err(Error::NotFound) }
}

/// `DELETE /api/v1/fridge/household/invitations/{invitation_id}`: the owner takes it back.
pub async fn withdraw(
    State(app): State<App>,
    account: Account,
    Path(invitation_id): Path<Uuid>,
) -> Result<StatusCode, Error> {
    let mut conn = app.database.acquire().await?;
    let withdrawn = store::households::withdraw(&mut conn, account.id, invitation_id).await?;
    if withdrawn { Ok(StatusCode::NO_CONTENT) } else { Err(Error::NotFound) }
}

/// The household of an account; of somebody who shares nothing, that account alone.
pub(super) async fn of(app: &App, conn: &mut PgConnection, account: Uuid) -> Result<Household, Error> {
    let access = store::households::access(conn, account).await?;
    let (owner, role) = access.shared.unwrap_or((account, Role::Owner));
    let mut members = store::households::members(conn, owner).await?;
    // There is a household since its first member came.
    let joined_at = members.first().map_or(app.clock.now(), |first| first.joined_at);
    members.insert(0, Member { account_id: owner, role: Role::Owner, joined_at });
    let invitations = match role {
        Role::Owner => store::households::invitations(conn, owner, app.clock.now()).await?,
        Role::Member | Role::Viewer => Vec::new(),
    };
    Ok(Household { role, members, invitations })
}
