//! What running instances say of the secrets that they use, on their private admin ports.

use std::{collections::BTreeMap, time::Duration};

use reqwest::Client;
use service_chassis::client;

use crate::output::told;

/// How long an instance may take to answer.
const PATIENCE: Duration = Duration::from_secs(3);

/// The version of a secret that an instance uses.
const IN_USE: &str = "secret_version";
/// The version that it refuses to use; 0 for none.
const REFUSED: &str = "secret_refused_version";
/// The version that its consumer's, or its producer's, connection was made with.
const CONNECTED: &str = "kafka_credentials_version";

/// The instances of all functions, by the function's name.
pub struct Instances {
    client: Client,
    addresses: BTreeMap<String, Vec<String>>,
}

/// What an instance says of one secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use {
    /// Its private address.
    pub instance: String,
    /// The version that it uses, or why nobody knows.
    pub version: Result<i64, String>,
    /// The version that it refuses.
    pub refused: Option<i64>,
}

impl Instances {
    /// Those at these private addresses.
    ///
    /// # Errors
    /// When no HTTP client can be made.
    pub fn new(addresses: BTreeMap<String, Vec<String>>) -> Result<Self, reqwest::Error> {
        Ok(Self { client: client::http(PATIENCE)?, addresses })
    }

    /// Whether an instance of this function can be asked.
    pub fn are_known(&self, function: &str) -> bool {
        self.addresses.get(function).is_some_and(|addresses| !addresses.is_empty())
    }

    /// What every instance of a function says of the secret at `path`.
    pub async fn uses(&self, function: &str, path: &str) -> Vec<Use> {
        let mut uses = Vec::new();
        for instance in self.addresses.get(function).into_iter().flatten() {
            let page = self.metrics(instance).await;
            let refused = page.as_ref().ok().and_then(|page| refused(page, path));
            let version = page.and_then(|page| in_use(&page, path).ok_or("it has not read it".to_owned()));
            uses.push(Use { instance: instance.clone(), version, refused });
        }
        uses
    }

    async fn metrics(&self, instance: &str) -> Result<String, String> {
        let url = format!("{}/metrics", instance.trim_end_matches('/'));
        let answer = self.client.get(url).send().await.and_then(reqwest::Response::error_for_status);
        match answer {
            Ok(answer) => answer.text().await,
            Err(error) => Err(error),
        }
        .map_err(|error| told(&error.without_url()))
    }
}

/// The version in use; of the broker's users also by connections, of which the one behind counts.
fn in_use(page: &str, path: &str) -> Option<i64> {
    let read = samples(page, IN_USE, path).next()?;
    let connected = path.ends_with("/kafka").then(|| samples(page, CONNECTED, "")).into_iter().flatten();
    Some(connected.filter(|version| *version != read).last().unwrap_or(read))
}

fn refused(page: &str, path: &str) -> Option<i64> {
    samples(page, REFUSED, path).find(|version| *version != 0)
}

/// Values of a metric whose labels have this text as a value; any, if it is empty.
fn samples<'p>(page: &'p str, name: &'p str, label: &'p str) -> impl Iterator<Item = i64> + 'p {
    let label = if label.is_empty() { String::new() } else { format!("=\"{label}\"") };
    page.lines().filter_map(move |line| {
        let labels = line.strip_prefix(name)?.strip_prefix('{')?;
        let (labels, value) = labels.rsplit_once("} ")?;
        let is_asked = labels.contains(&label);
        #[expect(clippy::cast_possible_truncation, reason = "versions are small whole numbers")]
        is_asked.then(|| value.trim().parse::<f64>().ok().map(|value| value as i64))?
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "\
# TYPE secret_version gauge
secret_version{path=\"/packytrace/local/passport/kafka\"} 3
secret_version{path=\"/packytrace/local/passport/database\"} 12
secret_refused_version{path=\"/packytrace/local/passport/kafka\"} 0
secret_refused_version{path=\"/packytrace/local/passport/database\"} 13

# TYPE kafka_credentials_version gauge
kafka_credentials_version{by=\"consumer\"} 2
kafka_credentials_version{by=\"producer\"} 3
";

    #[test]
    fn an_instance_says_which_version_it_uses_and_which_it_refuses() {
        let database = "/packytrace/local/passport/database";
        assert_eq!((in_use(PAGE, database), refused(PAGE, database)), (Some(12), Some(13)));
        assert_eq!(in_use(PAGE, "/packytrace/local/passport/signing-key"), None);
    }

    #[test]
    fn a_consumer_that_is_still_connected_as_the_user_before_counts() {
        let kafka = "/packytrace/local/passport/kafka";
        assert_eq!((in_use(PAGE, kafka), refused(PAGE, kafka)), (Some(2), None));
        assert_eq!(in_use(&PAGE.replace("\"consumer\"} 2", "\"consumer\"} 3"), kafka), Some(3));
    }
}
