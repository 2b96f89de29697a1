use std::collections::{BTreeMap, BTreeSet};

use tlog_tiles::tile::Tile;
use tlog_tiles::tlog::{
    Error, HASH_SIZE, Hash, HashReader, stored_hashes_for_record_hash, tree_hash,
};

use crate::{Db, DbError, Tx, args};

/// The height of a tile: it holds 2⁸ hashes.
pub(super) const HEIGHT: u8 = 8;
/// Hashes in a full tile.
pub(super) const WIDTH: u64 = 1 << HEIGHT;

/// Some tiles of the tree, in memory.
#[derive(Clone, Debug, Default)]
pub(super) struct Tiles {
    size: u64,
    kept: BTreeMap<(u8, u64), Vec<u8>>,
    /// What was added to since it was stored.
    changed: BTreeSet<(u8, u64)>,
}

impl HashReader for Tiles {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<Hash>, Error> {
        let hash = |index: &u64| {
            let tile = Tile::from_index(HEIGHT, *index);
            let known = self.kept.get(&(tile.level(), tile.level_index()));
            tile.hash_at_index(known.ok_or(Error::InvalidTile)?, *index)
        };
        indexes.iter().map(hash).collect()
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    level: i64,
    number: i64,
    hashes: Vec<u8>,
}

const EDGE: &str = "
    SELECT level, number, hashes
    FROM tree_tiles AS tile
    WHERE number = (SELECT max(number) FROM tree_tiles WHERE level = tile.level)";

const ALL: &str = "SELECT level, number, hashes FROM tree_tiles WHERE level >= $1";

const OF_LEVEL: &str = "
    SELECT level, number, hashes
    FROM tree_tiles
    WHERE level = 0 AND number >= $1 AND number <= $2";

const PUT: &str = "
    INSERT INTO tree_tiles (level, number, hashes)
    VALUES ($1, $2, $3)
    ON CONFLICT (level, number) DO UPDATE SET hashes = excluded.hashes";

impl Tiles {
    fn of(rows: Vec<Row>) -> Self {
        let mut tiles = Self::default();
        for row in rows {
            let (level, number) =
                (u8::try_from(row.level).unwrap_or(u8::MAX), row.number.unsigned_abs());
            tiles.kept.insert((level, number), row.hashes);
        }
        let last = tiles.kept.iter().rfind(|((level, _), _)| *level == 0);
        tiles.size = last.map_or(0, |((_, number), hashes)| {
            number * WIDTH + u64::try_from(hashes.len() / HASH_SIZE).unwrap_or(0)
        });
        tiles
    }

    /// The right edge, which is what a tree grows by.
    pub(super) async fn edge(db: &Db) -> Result<Self, DbError> {
        Ok(Self::of(db.fetch_all(EDGE, args![]).await?))
    }

    /// Every tile but the leaves; with the leaves of these events.
    pub(super) async fn with_leaves(db: &Db, events: &[u64]) -> Result<Self, DbError> {
        let mut rows: Vec<Row> = db.fetch_all(ALL, args![1]).await?;
        let wanted: BTreeSet<u64> = events.iter().map(|index| index / WIDTH).collect();
        for number in wanted {
            rows.extend(
                db.fetch_all::<Row>(OF_LEVEL, args![signed(number), signed(number)]).await?,
            );
        }
        let edge: Vec<Row> = db.fetch_all(EDGE, args![]).await?;
        rows.extend(edge);
        Ok(Self::of(rows))
    }

    /// The leaves' hashes of the tiles from one number to another.
    pub(super) async fn leaves(
        db: &Db,
        first: u64,
        last: u64,
    ) -> Result<BTreeMap<u64, Vec<u8>>, DbError> {
        let rows: Vec<Row> = db.fetch_all(OF_LEVEL, args![signed(first), signed(last)]).await?;
        Ok(rows.into_iter().map(|row| (row.number.unsigned_abs(), row.hashes)).collect())
    }

    /// How many leaves the tree has.
    pub(super) const fn size(&self) -> u64 {
        self.size
    }

    /// The root as it is now.
    pub(super) fn root(&self) -> Result<Hash, Error> {
        tree_hash(self.size, self)
    }

    /// Adds a leaf.
    pub(super) fn push(&mut self, leaf: Hash) -> Result<(), Error> {
        let added = stored_hashes_for_record_hash(self.size, leaf, self)?;
        for (level, hash) in (0_u8..).zip(added) {
            if level % HEIGHT == 0 {
                let at = (level / HEIGHT, (self.size >> level) / WIDTH);
                self.kept.entry(at).or_default().extend_from_slice(&hash.0);
                self.changed.insert(at);
            }
        }
        self.size += 1;
        Ok(())
    }

    /// Stores what was added, in the caller's transaction.
    pub(super) async fn store(&self, tx: &mut Tx) -> Result<(), DbError> {
        for at @ (level, number) in &self.changed {
            let hashes = self.kept.get(at).cloned().unwrap_or_default();
            tx.execute(PUT, args![i64::from(*level), signed(*number), hashes]).await?;
        }
        Ok(())
    }

    /// Forgets what the right edge does not need, once it is stored.
    pub(super) fn stored(&mut self) {
        self.changed.clear();
        let last: BTreeMap<u8, u64> = self.kept.keys().copied().collect();
        self.kept.retain(|(level, number), _| last.get(level) == Some(number));
    }
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// The hash with this number among a tile's.
pub(super) fn hash_in(hashes: &[u8], nth: u64) -> Option<Hash> {
    let start = usize::try_from(nth).ok()? * HASH_SIZE;
    Some(Hash(hashes.get(start..start + HASH_SIZE)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use tlog_tiles::tlog::{check_record, node_hash, prove_record, record_hash};

    use super::*;

    /// The root as RFC 6962 2.1 defines it, by recursion.
    fn defined(leaves: &[Hash]) -> Hash {
        if let [only] = leaves {
            return *only;
        }
        let split = leaves.len().next_power_of_two() / 2;
        node_hash(defined(&leaves[..split]), defined(&leaves[split..]))
    }

    #[test]
    fn a_tree_that_grows_has_the_root_that_the_rfc_defines_and_proves_each_leaf() {
        let leaves: Vec<Hash> = (0..1500_u32).map(|nth| record_hash(&nth.to_be_bytes())).collect();
        let (mut grown, mut whole) = (Tiles::default(), Tiles::default());
        for (nth, leaf) in leaves.iter().enumerate() {
            grown.push(*leaf).unwrap();
            whole.push(*leaf).unwrap();
            if nth % 97 == 0 {
                grown.stored(); // only the edge is kept
                assert_eq!(grown.root().unwrap(), defined(&leaves[..=nth]), "{nth}");
            }
        }
        let (size, root) = (whole.size(), whole.root().unwrap());
        assert_eq!(root, defined(&leaves));
        for nth in [0_u64, 1, 255, 256, 511, 1024, 1499] {
            let proof = prove_record(size, nth, &whole).unwrap();
            let leaf = leaves[usize::try_from(nth).unwrap()];
            check_record(&proof, size, root, nth, leaf).unwrap();
            check_record(&proof, size, root, nth, root).unwrap_err();
        }
    }
}
