//! The stylesheet and the scripts, under names that change with their content.

use std::sync::LazyLock;

use axum::Router;
use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use sha2::{Digest as _, Sha256};

use crate::app::App;

struct Asset {
    name: &'static str,
    media_type: &'static str,
    content: &'static str,
}

const ASSETS: &[Asset] = &[
    Asset {
        name: "postulo.css",
        media_type: "text/css; charset=utf-8",
        content: include_str!("../assets/postulo.css"),
    },
    Asset {
        name: "embed.js",
        media_type: "text/javascript; charset=utf-8",
        content: include_str!("../assets/embed.js"),
    },
    Asset {
        name: "work.css",
        media_type: "text/css; charset=utf-8",
        content: include_str!("../assets/work.css"),
    },
    Asset {
        name: "password.js",
        media_type: "text/javascript; charset=utf-8",
        content: include_str!("../assets/password.js"),
    },
    Asset {
        name: "alerts.js",
        media_type: "text/javascript; charset=utf-8",
        content: include_str!("../assets/alerts.js"),
    },
    Asset {
        name: "board.js",
        media_type: "text/javascript; charset=utf-8",
        content: include_str!("../assets/board.js"),
    },
    Asset {
        name: "offers.css",
        media_type: "text/css; charset=utf-8",
        content: include_str!("../assets/offers.css"),
    },
    // htmx 4.0.1, <https://htmx.org>, under the Zero-Clause BSD licence.
    Asset {
        name: "htmx.min.js",
        media_type: "text/javascript; charset=utf-8",
        content: include_str!("../assets/htmx.min.js"),
    },
    Asset {
        name: "demo.js",
        media_type: "text/javascript; charset=utf-8",
        content: include_str!("../assets/demo.js"),
    },
];

static VERSION: LazyLock<String> = LazyLock::new(|| {
    let mut hash = Sha256::new();
    for asset in ASSETS {
        hash.update(asset.content);
    }
    Sha256::digest(hash.finalize())
        .iter()
        .take(6)
        .fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
});

/// The address of an asset, with the version of all of them in it.
pub fn url(name: &str) -> String {
    format!("/assets/{}/{name}", *VERSION)
}

/// The routes of all assets.
pub fn routes() -> Router<App> {
    Router::new().route("/assets/{version}/{name}", get(asset))
}

async fn asset(Path((_, name)): Path<(String, String)>) -> Response {
    let Some(asset) = ASSETS.iter().find(|asset| asset.name == name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let headers = [
        (header::CONTENT_TYPE, asset.media_type),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    (headers, asset.content).into_response()
}
