//! France Travail, "Offres d'emploi v2": a search by words, with the newest offers first, behind OAuth client
//! credentials (RFC 6749, 4.4).

use std::sync::Arc;

use async_trait::async_trait;
use domain::offer::{OfferDraft, PlaceDraft};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use super::{
    CollectError, Collector, Known, LeftOut, Part, Places, Posting, board, dates, posting,
};
use crate::fetch::{FetchError, Fetcher, Validators};

/// Offers that are asked for at once.
const A_PAGE: usize = 150;
/// Offers that the interface tells at most.
const OFFERS: usize = 3_000;
/// Offers that are older are not asked for.
const SINCE: SignedDuration = SignedDuration::from_hours(30 * 24);
const NAME: &str = "France Travail";

/// The credentials of a program at francetravail.io.
#[derive(Clone)]
pub struct FranceTravailKey {
    /// Its id.
    pub id: String,
    /// Its secret.
    pub secret: String,
}

/// Neither is told.
impl std::fmt::Debug for FranceTravailKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FranceTravailKey")
    }
}

pub(super) struct FranceTravail {
    fetcher: Arc<Fetcher>,
    base: Url,
    tokens: Url,
    key: FranceTravailKey,
    words: String,
    since: Timestamp,
    token: Option<String>,
    from: usize,
    is_done: bool,
}

#[derive(Deserialize)]
struct Token {
    access_token: String,
}

#[derive(Deserialize)]
struct List {
    resultats: Vec<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Job {
    id: String,
    intitule: Option<String>,
    description: Option<String>,
    date_creation: Option<String>,
    lieu_travail: Option<Lieu>,
    entreprise: Option<Entreprise>,
    type_contrat: Option<String>,
    type_contrat_libelle: Option<String>,
    nature_contrat: Option<String>,
    duree_travail_libelle_converti: Option<String>,
    alternance: Option<bool>,
    #[serde(default)]
    competences: Vec<Competence>,
    salaire: Option<Salaire>,
    origine_offre: Option<Origine>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Lieu {
    libelle: Option<String>,
    code_postal: Option<String>,
}

#[derive(Deserialize)]
struct Entreprise {
    nom: Option<String>,
}

#[derive(Deserialize)]
struct Competence {
    libelle: Option<String>,
}

#[derive(Deserialize)]
struct Salaire {
    libelle: Option<String>,
    commentaire: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Origine {
    url_origine: Option<String>,
}

impl FranceTravail {
    pub(super) fn new(
        fetcher: Arc<Fetcher>,
        places: &Places,
        key: FranceTravailKey,
        words: &str,
        now: Timestamp,
    ) -> Self {
        let since = now.saturating_sub(SINCE).unwrap_or(Timestamp::MIN);
        Self {
            fetcher,
            base: places.france_travail.clone(),
            tokens: places.france_travail_tokens.clone(),
            key,
            words: words.to_owned(),
            since,
            token: None,
            from: 0,
            is_done: false,
        }
    }

    async fn token(&self) -> Result<String, CollectError> {
        let url = board::below(
            &self.tokens,
            &["connexion", "oauth2", "access_token"],
            &[("realm", "/partenaire")],
        );
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", &self.key.id),
            ("client_secret", &self.key.secret),
            ("scope", "api_offresdemploiv2 o2dsoffre"),
        ];
        let page = self.fetcher.ask(self.fetcher.client().post(url).form(&form)).await;
        let page = page.map_err(|error| match error {
            FetchError::Refused { status: 400 | 401 | 403 } => CollectError::Key(NAME),
            error => error.into(),
        })?;
        board::read::<Token>(&page).map(|token| token.access_token)
    }

    async fn page(&mut self) -> Result<Vec<Value>, CollectError> {
        let token = match self.token.clone() {
            Some(token) => token,
            None => self.token().await?,
        };
        self.token = Some(token.clone());
        let range = format!("{}-{}", self.from, self.from + A_PAGE - 1);
        // Both of these dates, or none.
        let second = |at: Timestamp| at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        let since = second(self.since);
        let until = second(self.since + SINCE + SignedDuration::from_hours(1));
        let query = [
            ("motsCles", self.words.as_str()),
            ("sort", "1"),
            ("range", &range),
            ("minCreationDate", &since),
            ("maxCreationDate", &until),
        ];
        let path = ["partenaire", "offresdemploi", "v2", "offres", "search"];
        let url = board::below(&self.base, &path, &query);
        let asked = self.fetcher.ask(self.fetcher.client().get(url).bearer_auth(token)).await;
        match asked {
            // 204: there are none.
            Ok(page) if page.body.is_empty() => Ok(vec![]),
            Ok(page) => board::read::<List>(&page).map(|list| list.resultats),
            Err(FetchError::Refused { status: 401 | 403 }) => Err(CollectError::Key(NAME)),
            Err(error) => Err(error.into()),
        }
    }
}

fn read(job: Job) -> Result<Posting, LeftOut> {
    let title = board::title(job.intitule.as_deref());
    let title = title.ok_or_else(|| LeftOut::because(format!("offer {} has no title", job.id)))?;
    let contract = [
        job.type_contrat,
        job.type_contrat_libelle,
        job.nature_contrat,
        job.duree_travail_libelle_converti,
    ];
    let mut contract: Vec<String> = contract.into_iter().flatten().collect();
    if job.alternance == Some(true) {
        contract.push("alternance".to_owned());
    }
    let place = job.lieu_travail.and_then(|it| {
        // "44 - Nantes"
        let label = it.libelle?;
        let town = label.split_once(" - ").map_or(label.as_str(), |(_, town)| town);
        let (postal_code, country) = (it.code_postal.unwrap_or_default(), "FR".to_owned());
        Some(PlaceDraft { postal_code, country, ..posting::place(town)? })
    });
    let pay = job.salaire.and_then(|it| it.libelle.or(it.commentaire));
    let own = format!("https://candidat.francetravail.fr/offres/recherche/detail/{}", job.id);
    let origin = job.origine_offre.and_then(|it| it.url_origine).unwrap_or(own);
    let draft = OfferDraft {
        title,
        company: job.entreprise.and_then(|it| board::title(it.nom.as_deref())).unwrap_or_default(),
        url: origin,
        places: place.into_iter().collect(),
        contract: contract.join(", "),
        salary: pay.unwrap_or_default(),
        skills: job.competences.into_iter().filter_map(|it| it.libelle).collect(),
        posted_at: job.date_creation.and_then(|at| dates::moment(&at)),
        description: job.description.unwrap_or_default(),
        language: "fr".to_owned(),
        ..OfferDraft::default()
    };
    Ok(Posting::new(job.id, draft))
}

#[async_trait]
impl Collector for FranceTravail {
    async fn next(&mut self, _: &Known) -> Result<Option<Part>, CollectError> {
        if self.is_done {
            return Ok(None);
        }
        let jobs = self.page().await?;
        self.from += A_PAGE;
        self.is_done = jobs.len() < A_PAGE || self.from >= OFFERS;
        let (mut postings, mut left_out) = (vec![], vec![]);
        for job in jobs {
            let read = serde_json::from_value::<Job>(job);
            let read = read.map_err(|_| LeftOut::because("an offer is written in another way"));
            match read.and_then(self::read) {
                Ok(posting) => postings.push(posting),
                Err(why) => left_out.push(why),
            }
        }
        Ok(Some(Part::Read { page: None, validators: Validators::default(), postings, left_out }))
    }

    /// A search shows the newest, so what it does not show may still be there.
    fn is_complete(&self) -> bool {
        false
    }
}
