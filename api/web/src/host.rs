//! The Host field (RFC 9112 3.2): one, and a host; two of them may mean one thing to a proxy and
//! another to us.

use axum::extract::Request;
use axum::http::uri::Authority;
use axum::http::{HeaderValue, StatusCode, Version, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use crate::networks::Peer;

/// Refuses a request that names no host, several, or what is none.
pub async fn one(request: Request, next: Next) -> Response {
    // Requests that did not come over a network need none.
    if request.extensions().get::<Peer>().is_some() && !names_one(&request) {
        let why = "The request needs one Host field, which names a host.";
        return (StatusCode::BAD_REQUEST, why).into_response();
    }
    next.run(request).await
}

fn names_one(request: &Request) -> bool {
    let mut hosts = request.headers().get_all(header::HOST).iter();
    match (hosts.next(), hosts.next()) {
        (None, _) => request.version() != Version::HTTP_11,
        (Some(host), None) => is_host(host),
        (Some(_), Some(_)) => false,
    }
}

/// A name or an address, with or without a port; empty where the target has none.
fn is_host(host: &HeaderValue) -> bool {
    let Ok(host) = host.to_str() else { return false };
    host.is_empty() || (!host.contains('@') && host.parse::<Authority>().is_ok())
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    fn request(version: Version, hosts: &[&str]) -> Request {
        let mut request = Request::new(Body::empty());
        *request.version_mut() = version;
        for host in hosts {
            request.headers_mut().append(header::HOST, host.parse().unwrap());
        }
        request
    }

    #[rstest::rstest]
    #[case(Version::HTTP_11, &["postulo.example"], true)]
    #[case(Version::HTTP_11, &["127.0.0.1:8080"], true)]
    #[case(Version::HTTP_11, &["[::1]:8080"], true)]
    #[case(Version::HTTP_11, &[""], true)]
    #[case(Version::HTTP_11, &[], false)]
    #[case(Version::HTTP_11, &["postulo.example", "postulo.example"], false)]
    #[case(Version::HTTP_11, &["postulo.example", "evil.example"], false)]
    #[case(Version::HTTP_11, &["postulo.example, evil.example"], false)]
    #[case(Version::HTTP_11, &["a b"], false)]
    #[case(Version::HTTP_11, &["user@postulo.example"], false)]
    #[case(Version::HTTP_11, &["postulo.example/path"], false)]
    #[case(Version::HTTP_11, &["http://postulo.example"], false)]
    #[case(Version::HTTP_10, &[], true)]
    #[case(Version::HTTP_10, &["a.example", "b.example"], false)]
    #[case(Version::HTTP_2, &[], true)]
    fn a_request_names_one_host(
        #[case] version: Version,
        #[case] hosts: &[&str],
        #[case] taken: bool,
    ) {
        assert_eq!(names_one(&request(version, hosts)), taken);
    }
}
