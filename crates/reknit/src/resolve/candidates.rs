//! The pairs behind a resolution: what was compared and is not hopeless, with its probability.
//!
//! A resolution tells what was decided; whether the probabilities behind it are honest, and what
//! another threshold would do, shows only in all pairs that could have been links. They are the pairs
//! of the blocks that weigh more than a few bits against (three chances in a hundred), before any
//! group is formed, in the order of the table's rows. Cost: that of [`Resolver::resolve`] without the
//! grouping.

use super::{Config, Resolver};
use crate::Result;
use crate::model::{Table, Watch, Weight};

/// Two records that were compared, and what the pair alone says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Candidate {
    /// The one row of the table.
    pub a: u32,
    /// The other row, behind it.
    pub b: u32,
    /// What the evidence adds up to.
    pub weight: Weight,
}

impl Candidate {
    /// The probability the evidence stands for.
    pub fn probability(&self) -> f64 {
        self.weight.probability()
    }
}

impl Resolver {
    /// The pairs of `table` that were compared and are not hopeless, by rows.
    ///
    /// ```
    /// use reknit::model::{Record, Table, unwatched};
    /// use reknit::resolve::{Config, Resolver};
    /// let records = [
    ///     Record::new("crm", "1").with("name", "Ana Perez").with("email", "ana.perez@example.org"),
    ///     Record::new("shop", "7").with("name", "Perez, Ana").with("email", "ana.perez@example.org"),
    /// ];
    /// let table = Table::from_records(&records)?;
    /// let resolver = Resolver::fit(&Config::contacts(), &table, &mut unwatched)?;
    /// let candidates = resolver.candidates(&table, &mut unwatched)?;
    /// assert_eq!((candidates[0].a, candidates[0].b), (0, 1));
    /// assert!(candidates[0].probability() > 0.9);
    /// # Ok::<(), reknit::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Resolver::resolve`].
    pub fn candidates(&self, table: &Table, watch: &mut Watch<'_>) -> Result<Vec<Candidate>> {
        let data = self.read(table, watch)?;
        let blocks = self.blocks(&data, watch)?;
        let (edges, _) = blocks.pairs(&data, &self.sieve(&data), self.config.workers(), watch)?;
        let candidate = |edge: &super::Edge| {
            let (a, b) = (data.original[edge.a as usize], data.original[edge.b as usize]);
            Candidate { a: a.min(b), b: a.max(b), weight: Weight(edge.bits) }
        };
        let mut candidates: Vec<Candidate> = edges.iter().map(candidate).collect();
        candidates.sort_unstable_by_key(|candidate| (candidate.a, candidate.b));
        Ok(candidates)
    }

    /// The same model under other settings: another threshold, other constraints. What was learnt
    /// stays as it is.
    ///
    /// # Errors
    /// `config` when a setting is out of range.
    pub fn with_config(self, config: Config) -> Result<Self> {
        config.check()?;
        Ok(Self { config, model: self.model })
    }
}
