//! `POST /internal/v1/verdicts`: Passport asks whether a product suits a person. Nothing of it is
//! kept: the rules, the profile's version and the passport's revision make the same verdict again.

use axum::{extract::State, response::Response};
use service_chassis::extract::Json;
use shared_contracts::{
    passport::Passport,
    personalization::{Judgement, KeptProfile, MemberVerdict, Verdict, VerdictRequest},
};

use super::keeping::{self, private};
use crate::{
    app::App,
    auth::Account,
    clients::Consent,
    domain::{
        facts::Facts,
        interpret::Circumstances,
        rule_set::RuleSet,
        verdict::{self, Opinion},
    },
    error::Error,
    store,
};

/// The verdict for the household of the account; `not_requested` without profile or consent.
pub async fn judge(
    State(app): State<App>,
    account: Account,
    Json(request): Json<VerdictRequest>,
) -> Result<Response, Error> {
    if request.account_id != account.id {
        return Err(Error::NotFound);
    }
    let rows = {
        let mut conn = app.database.acquire().await?;
        store::profiles::household(&mut conn, account.id).await?
    };
    if rows.is_empty() || app.identity.consent_soon(account.id, &account.caller).await? == Consent::Missing {
        return Ok(private(Verdict::NotRequested));
    }
    let keys = app.keys().await?;
    let profiles = rows.into_iter().map(|row| keeping::open(&keys, row)).collect::<Result<Vec<_>, _>>()?;
    let at = Circumstances {
        on: app.clock.today(),
        lot: request.lot.as_deref(),
        use_by: request.use_by,
        best_before: request.best_before,
    };
    Ok(private(of_household(&app.rules.current, &profiles, &request.passport, at)))
}

/// The first profile's verdict, with the others as members.
fn of_household(
    rules: &RuleSet,
    profiles: &[KeptProfile],
    passport: &Passport,
    at: Circumstances<'_>,
) -> Verdict {
    let facts = Facts::of(passport, rules);
    let opinion = |kept: &KeptProfile| verdict::judge(rules, &kept.profile, &facts, at);
    let Some((first, others)) = profiles.split_first() else { return Verdict::NotRequested };
    let Opinion { headline, unchecked, reasons } = opinion(first);
    let member = |kept: &KeptProfile| {
        let Opinion { headline, unchecked, reasons } = opinion(kept);
        MemberVerdict {
            profile_id: kept.profile_id,
            headline,
            unchecked,
            reasons,
            profile_version: kept.version,
        }
    };
    Verdict::Available(Box::new(Judgement {
        headline,
        unchecked,
        reasons,
        rule_set: rules.reference.clone(),
        profile_version: first.version,
        passport_revision: passport.revision,
        members: others.iter().map(member).collect(),
    }))
}
