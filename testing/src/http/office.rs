//! The service as operators meet it.

use std::ops::Deref;

use commands::{OperatorAccount, Password};
use domain::examples;
use domain::operator::Role;
use uuid::Uuid;

use super::Site;
use crate::cause;

/// The password of every operator.
pub const PASSWORD: &str = "correct horse battery";

/// The address of the operator of this role.
pub fn email(role: Role) -> String {
    format!("{}@postulo.example", role.as_str())
}

/// A [`Site`] with an application of the partner `demo`, and an operator of each role.
#[derive(Debug)]
pub struct Office {
    /// The application.
    pub application: Uuid,
    site: Site,
}

impl Office {
    /// Fills a site that is still empty.
    pub async fn on(site: Site) -> Self {
        site.register_demo(examples::partner_settings()).await;
        let submission = examples::full_submission();
        let done =
            site.commands.applications().submit(submission, &[], None, &cause()).await.unwrap();
        for role in Role::ALL {
            let password = Password::new(PASSWORD).unwrap();
            let email = examples::valid(&email(role));
            site.commands.operators().create(&email, role, &password, &cause()).await.unwrap();
        }
        site.projections();
        Self { application: done.id, site }
    }

    /// The operator of this role.
    pub async fn operator(&self, role: Role) -> OperatorAccount {
        let all = self.commands.operators().all().await.unwrap();
        all.into_iter().find(|operator| operator.role == role).unwrap()
    }

    /// Signs the operator of this role in; the session's cookie.
    pub async fn sign_in(&self, role: Role) -> String {
        let fields = [("email", &*email(role)), ("password", PASSWORD)];
        let answer = self.post_as("/admin/sign-in", "", &fields).await;
        answer.leads_to();
        answer.cookie().expect("a session is opened")
    }

    /// The names of what happened to the application.
    pub async fn kinds(&self) -> Vec<&'static str> {
        self.kinds_of(self.application).await
    }
}

impl Deref for Office {
    type Target = Site;

    fn deref(&self) -> &Site {
        &self.site
    }
}
