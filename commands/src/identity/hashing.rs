//! Argon2id hashes (RFC 9106), of which each takes a core and 19 MiB: about one at once for each core, a short
//! queue, and past it a refusal, so that a flood of sign-ins costs those who send it and nobody else.

use std::num::NonZero;
use std::sync::{Arc, OnceLock};

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{self, PasswordHasher as _, PasswordVerifier as _};
use argon2::{Argon2, Params};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How many may wait for each hash that is under way.
const WAITING: usize = 8;

/// Who asks for a hash: those who are known do not stand in line behind strangers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lane {
    /// A browser from which the same account signed in before, or a session.
    Known,
    /// Any other.
    Strangers,
}

/// A place among those who wait for a hash. It is taken first: whoever finds none costs nothing else.
#[derive(Debug)]
pub(super) struct Place {
    lane: Lane,
    room: OwnedSemaphorePermit,
}

/// Too many wait already.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Full;

/// The hashes under way and those that wait for them.
#[derive(Clone)]
pub(crate) struct Hashing {
    known: Queue,
    strangers: Queue,
    pub(crate) argon2: Argon2id,
}

/// The hash function with its cost.
#[derive(Clone, Default)]
pub(crate) struct Argon2id {
    params: Params,
    /// What a password is compared with where nobody has that address.
    nobodys: Arc<OnceLock<String>>,
    /// How often passwords were compared.
    #[cfg(test)]
    pub(crate) compared: Arc<std::sync::atomic::AtomicUsize>,
}

impl Argon2id {
    /// The hash of a password with a salt of its own, as a PHC string.
    pub(super) fn hash(&self, password: &str) -> password_hash::Result<String> {
        let hash = Argon2::from(&self.params).hash_password(password.as_bytes())?;
        Ok(hash.to_string())
    }

    /// Whether it is the password of this hash, which tells its own cost; as slow where there is
    /// none, or nobody has the password.
    pub(super) fn verify(&self, password: &str, hash: Option<&str>) -> bool {
        let somebodys = hash.and_then(|hash| PasswordHash::new(hash).ok());
        let is_somebodys = somebodys.is_some();
        let nobodys = || {
            let hash = self.nobodys.get_or_init(|| self.hash("nobody's").unwrap_or_default());
            PasswordHash::new(hash).ok()
        };
        let right = somebodys.or_else(nobodys).is_some_and(|hash| {
            #[cfg(test)]
            self.compared.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            Argon2::default().verify_password(password.as_bytes(), &hash).is_ok()
        });
        is_somebodys && right
    }
}

impl Argon2id {
    /// Whether a hash costs less than one that is made today.
    pub(super) fn is_outdated(&self, hash: &str) -> bool {
        let params = PasswordHash::new(hash).ok().and_then(|hash| Params::try_from(&hash).ok());
        params.is_some_and(|it| {
            it.m_cost() < self.params.m_cost()
                || it.t_cost() < self.params.t_cost()
                || it.p_cost() < self.params.p_cost()
        })
    }
}

#[derive(Clone)]
struct Queue {
    /// Places, with those of the hashes under way.
    room: Arc<Semaphore>,
    permits: Arc<Semaphore>,
}

impl Queue {
    fn new(permits: usize) -> Self {
        let room = Arc::new(Semaphore::new(permits * (1 + WAITING)));
        Self { room, permits: Arc::new(Semaphore::new(permits)) }
    }
}

impl Default for Hashing {
    /// One core for those who are known, the others for strangers; one at least for each.
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
        let strangers = Queue::new(cores.saturating_sub(1).max(1));
        Self { known: Queue::new(1), strangers, argon2: Argon2id::default() }
    }
}

impl Hashing {
    /// At the lowest cost that argon2 has, which protects nothing.
    #[cfg(any(test, feature = "testing"))]
    pub(super) fn cheap() -> Self {
        let params = Params::new(Params::MIN_M_COST, Params::MIN_T_COST, Params::MIN_P_COST, None);
        let params = params.expect("the lowest costs are costs");
        Self { argon2: Argon2id { params, ..Argon2id::default() }, ..Self::default() }
    }

    fn queue(&self, lane: Lane) -> &Queue {
        match lane {
            Lane::Known => &self.known,
            Lane::Strangers => &self.strangers,
        }
    }

    /// A place in a lane, where there is one.
    pub(super) fn place(&self, lane: Lane) -> Result<Place, Full> {
        let room = self.queue(lane).room.clone().try_acquire_owned().map_err(|_| Full)?;
        Ok(Place { lane, room })
    }

    /// Does `work` on a thread of its own, when it is its turn. It is done to its end, whether or not
    /// somebody still waits for it: until then its place is taken.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        Place { lane, room }: Place,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Full> {
        let permits = self.queue(lane).permits.clone();
        let permit = permits.acquire_owned().await.map_err(|_| Full)?;
        let working = tokio::task::spawn_blocking(move || {
            let done = work();
            drop((permit, room));
            done
        });
        working.await.map_err(|_| Full)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[test]
    fn a_password_is_hashed_with_argon2id_over_19_mebibytes_twice() {
        let argon2 = Hashing::default().argon2;
        let hash = argon2.hash("correct horse battery").unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(argon2.verify("correct horse battery", Some(&hash)));
        assert!(!argon2.verify("correct horse", Some(&hash)));
    }

    #[test]
    fn a_hash_of_a_lower_cost_is_outdated() {
        let (cheap, todays) = (Hashing::cheap().argon2, Hashing::default().argon2);
        let hash = cheap.hash("correct horse battery").unwrap();
        assert!(todays.is_outdated(&hash));
        assert!(!cheap.is_outdated(&hash));
        assert!(!todays.is_outdated(&todays.hash("correct horse battery").unwrap()));
    }

    #[test]
    fn a_password_of_nobody_costs_what_one_of_somebody_costs_and_is_never_right() {
        let argon2 = Hashing::default().argon2;
        assert!(!argon2.verify("nobody's", None));
        let nobodys = argon2.nobodys.get().unwrap();
        assert!(nobodys.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{nobodys}");
        let compared = || argon2.compared.load(std::sync::atomic::Ordering::Relaxed);
        let before = compared();
        for password in ["", "nobody's"] {
            assert!(!argon2.verify(password, Some("")), "an account whose password nobody has");
        }
        assert_eq!(compared(), before + 2);
    }

    #[tokio::test]
    async fn past_a_short_queue_strangers_are_refused_and_who_is_known_is_not() {
        let hashing = Hashing::default();
        let mut under_way = vec![];
        while let Ok(place) = hashing.place(Lane::Strangers) {
            let (end, ended) = mpsc::channel::<()>();
            let hashing = hashing.clone();
            let hash = async move { hashing.run(place, move || ended.recv()).await };
            under_way.push((end, tokio::spawn(hash)));
        }
        assert!(under_way.len() > 1, "some may wait");
        let known = hashing.place(Lane::Known).unwrap();
        assert_eq!(hashing.run(known, || 7).await, Ok(7));
        for (end, hash) in under_way {
            drop(end);
            assert!(hash.await.unwrap().is_ok());
        }
        let place = hashing.place(Lane::Strangers).unwrap();
        assert_eq!(hashing.run(place, || 7).await, Ok(7));
    }

    #[tokio::test]
    async fn a_hash_that_nobody_waits_for_any_more_keeps_its_place_until_it_is_done() {
        let hashing = Hashing::default();
        let (began, begins) = mpsc::channel();
        let (end, ended) = mpsc::channel::<()>();
        let (here, place) = (hashing.clone(), hashing.place(Lane::Known).unwrap());
        let hash = async move {
            let work = move || {
                let _ = began.send(());
                let _ = ended.recv();
            };
            here.run(place, work).await
        };
        let waiting = tokio::spawn(hash);
        tokio::task::spawn_blocking(move || begins.recv()).await.unwrap().unwrap();
        waiting.abort();
        assert!(waiting.await.unwrap_err().is_cancelled());
        assert_eq!(hashing.known.permits.available_permits(), 0);
        drop(end);
        let place = hashing.place(Lane::Known).unwrap();
        assert_eq!(hashing.run(place, || 7).await, Ok(7));
    }
}
