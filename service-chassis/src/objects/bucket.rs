//! Objects of an S3 bucket: four calls of its REST API, signed by AWS's own crate.

use std::{path::Path, time::Duration};

use aws_config::BehaviorVersion;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use aws_sigv4::{
    http_request::{
        PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningSettings,
        UriPathNormalizationMode, sign,
    },
    sign::v4,
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::{Body, Client, Method, Response, StatusCode};
use tokio::{fs, io::AsyncWriteExt};

use super::ObjectError;
use crate::{client, clock::Clock};

/// For what a person may wait for.
const SHORT: Duration = Duration::from_secs(3);
/// For files.
const LONG: Duration = Duration::from_hours(1);
/// What a signature leaves as it is (RFC 3986, section 2.3).
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

#[derive(Clone)]
pub(super) struct Bucket {
    /// Address of the bucket, without a slash at its end.
    base: String,
    /// What stands before each name: nothing, or something that ends with a slash.
    prefix: String,
    region: String,
    credentials: SharedCredentialsProvider,
    clock: Clock,
}

impl Bucket {
    /// `bucket` or `bucket/prefix`, with the credentials that the place gives.
    pub(super) async fn open(name: &str, endpoint: Option<&str>, clock: &Clock) -> Result<Self, ObjectError> {
        let (bucket, prefix) = name.split_once('/').unwrap_or((name, ""));
        let prefix = prefix.trim_matches('/');
        let config = aws_config::load_defaults(BehaviorVersion::latest()).await;
        let lacking = |what: &str| ObjectError::Bucket(format!("there are no {what}"));
        let region = config.region().ok_or_else(|| lacking("AWS region"))?.to_string();
        let credentials = config.credentials_provider().ok_or_else(|| lacking("AWS credentials"))?;
        let base = match endpoint {
            Some(endpoint) => format!("{}/{bucket}", endpoint.trim_end_matches('/')),
            None => format!("https://{bucket}.s3.{region}.amazonaws.com"),
        };
        let prefix = if prefix.is_empty() { String::new() } else { format!("{prefix}/") };
        Ok(Self { base, prefix, region, credentials, clock: clock.clone() })
    }

    pub(super) async fn put(&self, name: &str, content: Vec<u8>) -> Result<(), ObjectError> {
        let length = content.len() as u64;
        self.send(name, content.into(), length, SHORT).await
    }

    pub(super) async fn put_file(&self, name: &str, from: &Path) -> Result<(), ObjectError> {
        let file = fs::File::open(from).await?;
        let length = file.metadata().await?.len();
        self.send(name, file.into(), length, LONG).await
    }

    async fn send(&self, name: &str, body: Body, length: u64, within: Duration) -> Result<(), ObjectError> {
        let answer = self.ask(Method::PUT, &self.address(name), Some((body, length)), within).await?;
        well("a new object", &answer)
    }

    pub(super) async fn get(&self, name: &str) -> Result<Vec<u8>, ObjectError> {
        let answer = self.found(name, SHORT).await?;
        Ok(answer.bytes().await.map_err(unusable)?.to_vec())
    }

    pub(super) async fn get_file(&self, name: &str, to: &Path) -> Result<(), ObjectError> {
        let mut answer = self.found(name, LONG).await?;
        let mut file =
            fs::OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(to).await?;
        while let Some(chunk) = answer.chunk().await.map_err(unusable)? {
            file.write_all(&chunk).await?;
        }
        Ok(file.flush().await?)
    }

    async fn found(&self, name: &str, within: Duration) -> Result<Response, ObjectError> {
        let answer = self.ask(Method::GET, &self.address(name), None, within).await?;
        if answer.status() == StatusCode::NOT_FOUND {
            return Err(ObjectError::Missing(name.to_owned()));
        }
        well("a read", &answer)?;
        Ok(answer)
    }

    pub(super) async fn list(&self) -> Result<Vec<String>, ObjectError> {
        let (mut names, mut next) = (Vec::new(), None);
        loop {
            let page = self.page(next.as_deref()).await?;
            let keys = between(&page, "Key").into_iter().filter_map(|key| key.strip_prefix(&self.prefix));
            names.extend(keys.map(str::to_owned));
            next = between(&page, "NextContinuationToken").first().map(|&token| token.to_owned());
            if next.is_none() {
                return Ok(names);
            }
        }
    }

    /// A thousand names in `ListObjectsV2`'s XML. Ours have no character that XML would escape.
    async fn page(&self, token: Option<&str>) -> Result<String, ObjectError> {
        let encoded = |text: &str| utf8_percent_encode(text, UNRESERVED).to_string();
        let token = token.map(|token| format!("continuation-token={}&", encoded(token))).unwrap_or_default();
        let address = format!("{}/?{token}list-type=2&prefix={}", self.base, encoded(&self.prefix));
        let answer = self.ask(Method::GET, &address, None, LONG).await?;
        well("a list", &answer)?;
        answer.text().await.map_err(unusable)
    }

    pub(super) async fn remove(&self, name: &str) -> Result<(), ObjectError> {
        well("a removal", &self.ask(Method::DELETE, &self.address(name), None, SHORT).await?)
    }

    fn address(&self, name: &str) -> String {
        format!("{}/{}{name}", self.base, self.prefix)
    }

    async fn ask(
        &self,
        method: Method,
        address: &str,
        body: Option<(Body, u64)>,
        within: Duration,
    ) -> Result<Response, ObjectError> {
        let client: Client = client::http(within).map_err(unusable)?;
        let mut request = client.request(method.clone(), address);
        for (name, value) in self.signature(&method, address).await? {
            request = request.header(name, value);
        }
        if let Some((body, length)) = body {
            request = request.header(http::header::CONTENT_LENGTH, length).body(body);
        }
        request.send().await.map_err(unusable)
    }

    /// The headers that say who asks. The body is not signed: TLS protects it, and who needs more
    /// keeps its checksum.
    async fn signature(&self, method: &Method, address: &str) -> Result<Vec<(String, String)>, ObjectError> {
        let told = |error: &dyn std::error::Error| ObjectError::Bucket(error.to_string());
        let credentials = self.credentials.provide_credentials().await.map_err(|error| told(&error))?;
        let identity = credentials.into();
        let mut settings = SigningSettings::default();
        settings.percent_encoding_mode = PercentEncodingMode::Single;
        settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
        settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(&self.region)
            .name("s3")
            .time(self.clock.now().into())
            .settings(settings)
            .build()
            .map_err(|error| told(&error))?
            .into();
        let request =
            SignableRequest::new(method.as_str(), address, std::iter::empty(), SignableBody::UnsignedPayload);
        let signed =
            sign(request.map_err(|error| told(&error))?, &parameters).map_err(|error| told(&error))?;
        let (instructions, _) = signed.into_parts();
        Ok(instructions.headers().map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
    }
}

fn well(what: &'static str, answer: &Response) -> Result<(), ObjectError> {
    let status = answer.status();
    if status.is_success() { Ok(()) } else { Err(ObjectError::Refused { what, status: status.as_u16() }) }
}

fn unusable(error: reqwest::Error) -> ObjectError {
    let error = error.without_url();
    let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}")).unwrap_or_default();
    ObjectError::Bucket(format!("{error}{cause}"))
}

/// The texts of the elements of this name.
fn between<'x>(xml: &'x str, element: &str) -> Vec<&'x str> {
    let end = format!("</{element}>");
    xml.split(&format!("<{element}>")).skip(1).filter_map(|rest| rest.split(&end).next()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_from_a_list() {
        let xml = "<ListBucketResult><Contents><Key>p/a.json</Key></Contents><Contents><Key>p/b</Key></Contents>\
                   <NextContinuationToken>1/x==</NextContinuationToken></ListBucketResult>";
        assert_eq!(between(xml, "Key"), ["p/a.json", "p/b"]);
        assert_eq!(between(xml, "NextContinuationToken"), ["1/x=="]);
        assert!(between(xml, "Missing").is_empty());
    }
}
