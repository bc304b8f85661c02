//! The exact route table, as the contracts name it: what is not in it does not exist.

use std::sync::Arc;

use http::{HeaderValue, Method};
use shared_contracts::routes::{Route, Who};

use super::{cors::Policy, token::Account};

/// The tail of a template that covers whatever lies below it.
const BELOW: &str = "{*below}";

/// Why the contracts make no route table.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// Two templates cannot be told apart.
    #[error("{template}: {reason}")]
    Template {
        /// The template.
        template: String,
        /// What is wrong with it.
        reason: matchit::InsertError,
    },
    /// A list of methods that is no header value.
    #[error("{0}: its methods are no header value")]
    Methods(String),
}

/// Why a route is closed to somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closed {
    /// Nobody is signed in.
    Unauthenticated,
    /// The account lacks this right altogether.
    Forbidden,
}

/// The route table.
#[derive(Debug)]
pub struct Table(matchit::Router<Resource>);

/// One path template with its methods.
#[derive(Clone, Debug)]
pub struct Resource {
    template: Arc<str>,
    routes: Vec<Arc<Route>>,
    allow: HeaderValue,
}

impl Table {
    /// The table of these routes.
    pub fn new(routes: Vec<Route>) -> Result<Self, TableError> {
        let mut resources: Vec<(String, Vec<Arc<Route>>)> = Vec::new();
        for route in routes {
            match resources.iter_mut().find(|(template, _)| *template == route.path) {
                Some((_, methods)) => methods.push(Arc::new(route)),
                None => resources.push((route.path.clone(), vec![Arc::new(route)])),
            }
        }
        let mut table = matchit::Router::new();
        for (template, routes) in resources {
            let resource =
                Resource { template: template.as_str().into(), allow: allow(&template, &routes)?, routes };
            if let Some(directory) = template.strip_suffix(BELOW) {
                // The catch-all needs something to catch; the directory itself is covered too.
                insert(&mut table, directory, resource.clone())?;
            }
            insert(&mut table, &template, resource)?;
        }
        Ok(Self(table))
    }

    /// The resource of a raw path.
    pub fn at(&self, path: &str) -> Option<&Resource> {
        self.0.at(path).ok().map(|found| found.value)
    }
}

fn insert(
    table: &mut matchit::Router<Resource>,
    template: &str,
    resource: Resource,
) -> Result<(), TableError> {
    table
        .insert(template, resource)
        .map_err(|reason| TableError::Template { template: template.to_owned(), reason })
}

fn allow(template: &str, routes: &[Arc<Route>]) -> Result<HeaderValue, TableError> {
    let methods: Vec<_> = routes.iter().map(|route| route.method.as_str()).collect();
    HeaderValue::from_str(&methods.join(", ")).map_err(|_| TableError::Methods(template.to_owned()))
}

impl Resource {
    /// The route of a method.
    pub fn route(&self, method: &Method) -> Option<&Arc<Route>> {
        self.routes.iter().find(|route| route.method.as_str() == method.as_str())
    }

    /// Its template, which names it in logs and metrics.
    pub fn template(&self) -> Arc<str> {
        Arc::clone(&self.template)
    }

    /// Its methods, as in `Allow`.
    pub fn allow(&self) -> &HeaderValue {
        &self.allow
    }

    /// Who speaks for it about CORS.
    pub fn cors(&self) -> Policy {
        if self.route(&Method::OPTIONS).is_some() { Policy::OfTheOwner } else { Policy::OfTheGateway }
    }
}

/// Whether an account, or nobody, may ask for a route.
pub fn admit(who: Who, account: Option<&Account>) -> Result<(), Closed> {
    match (who, account) {
        // Whether an account has a brand, Identity says.
        (Who::Anyone, _) | (Who::Account | Who::Brand, Some(_)) => Ok(()),
        (Who::Admin, Some(account)) if account.platform_admin => Ok(()),
        (_, None) => Err(Closed::Unauthenticated),
        (Who::Admin, Some(_)) => Err(Closed::Forbidden),
    }
}

#[cfg(test)]
mod tests {
    use shared_contracts::routes;
    use uuid::Uuid;

    use super::*;

    fn table() -> Table {
        Table::new(routes::public().unwrap()).unwrap()
    }

    fn operation(method: &Method, path: &str) -> Option<String> {
        let table = table();
        table.at(path)?.route(method).map(|route| route.operation_id.clone())
    }

    #[test]
    fn every_route_of_the_contract_is_found_under_its_own_path() {
        for route in routes::public().unwrap() {
            let path = route.path.replace("{*below}", "x/y").replace('{', "a").replace('}', "z");
            let method = route.method.as_str().parse().unwrap();
            assert_eq!(operation(&method, &path), Some(route.operation_id), "{method} {path}");
        }
    }

    #[test]
    fn the_resolver_answers_for_everything_below_a_gtin() {
        for path in [
            "/01/1",
            "/01/1/",
            "/01/1/10/L1",
            "/01/1/10/L1/",
            "/01/1/10/A%2FB",
            "/01/1/99/x",
            "/01/1/22/a/99/b",
            "/01/1/10",
        ] {
            assert!(operation(&Method::GET, path).is_some(), "{path}");
        }
    }

    #[test]
    fn what_the_contract_does_not_name_does_not_exist() {
        for path in [
            "/",
            "/01",
            "/01/",
            "/api",
            "/api/v1/scans/",
            "/api/v1/Scans",
            "/api/v1/%73cans",
            "/api/v1/scans/a/b",
            "/healthz/",
        ] {
            assert!(table().at(path).is_none(), "{path}");
        }
    }

    #[test]
    fn a_resource_names_its_methods_and_who_speaks_for_it() {
        let table = table();
        let scans = table.at("/api/v1/scans").unwrap();
        assert_eq!(scans.allow(), "GET, POST");
        assert!(scans.route(&Method::DELETE).is_none() && scans.route(&Method::HEAD).is_none());
        assert_eq!(scans.cors(), Policy::OfTheGateway);
        assert_eq!(table.at("/01/1/10/L1").unwrap().cors(), Policy::OfTheOwner);
    }

    #[test]
    fn rights_are_those_that_the_contract_asks_for() {
        let account = |platform_admin| Account { id: Uuid::nil(), platform_admin };
        let (user, admin) = (account(false), account(true));
        assert_eq!(admit(Who::Anyone, None), Ok(()));
        assert_eq!(admit(Who::Anyone, Some(&user)), Ok(()));
        assert_eq!(admit(Who::Account, Some(&user)), Ok(()));
        assert_eq!(admit(Who::Admin, Some(&admin)), Ok(()));
        for who in [Who::Account, Who::Brand, Who::Admin] {
            assert_eq!(admit(who, None), Err(Closed::Unauthenticated));
        }
        assert_eq!(admit(Who::Admin, Some(&user)), Err(Closed::Forbidden));
        assert_eq!(admit(Who::Brand, Some(&user)), Ok(()));
    }
}
