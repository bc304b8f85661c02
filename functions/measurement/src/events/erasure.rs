//! Somebody's data goes, at once; what was released stays as it is.

use service_chassis::runtime::BoxError;
use sqlx::PgConnection;

use super::notices::ErasedData;
use crate::{app::App, domain::pseudonym::Subject, store};

/// Deletes everything of an account and of its visitors, and confirms that in the same transaction.
/// False when it was done before.
pub(super) async fn erase(app: &App, conn: &mut PgConnection, erased: &ErasedData) -> Result<bool, BoxError> {
    let account = app.pseudonyms.of(Subject::Account(erased.account_id));
    let named = erased.visitor_ids.iter().map(|id| app.pseudonyms.of(Subject::Visitor(*id)).0.to_vec());
    let mut subjects: Vec<Vec<u8>> = std::iter::once(account.0.to_vec()).chain(named).collect();
    let linked = store::links::of_account(conn, account).await?;
    subjects.extend(linked.into_iter().map(|(visitor, _)| visitor));
    store::erasure::delete_facts(conn, &subjects).await?;
    store::erasure::delete_links(conn, &subjects).await?;
    store::erasure::delete_consents(conn, &subjects).await?;
    let first = store::erasure::mark(conn, &subjects, erased.erased_at).await?;
    if first {
        app.outbox.append(conn, &super::erasure_completed(app, erased.account_id)?).await?;
    }
    Ok(first)
}
