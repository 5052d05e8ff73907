//! Why two records are one or are not, how an entity came about, and what would be without a record.

use serde::Serialize;

use super::super::cluster::Edge;
use super::super::compare::{Comparer, Memory};
use super::super::explain::Pair;
use super::super::rule::{RULES, SMALL_TABLE};
use super::super::{PairExplanation, score};
use super::view::View;
use super::{EntityId, LiveResolver};
use crate::model::{Evidence, RecordKey};
use crate::partition::UnionFind;
use crate::{Error, Result};

/// One of the links that hold an entity together.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Step {
    /// The one record.
    pub a: RecordKey,
    /// The other.
    pub b: RecordKey,
    /// What speaks for the link and against it.
    pub evidence: Evidence,
    /// The probability the evidence stands for.
    pub probability: f64,
    /// How many records were together on either side before: those of `a`, those of `b`.
    pub joined: [usize; 2],
}

impl LiveResolver {
    /// Why two records are one entity, or are not.
    ///
    /// # Errors
    /// `not_found` when a record is not there, `input` when both keys are one.
    pub fn explain(&self, a: &RecordKey, b: &RecordKey) -> Result<PairExplanation> {
        if a == b {
            return Err(Error::input(format!("both records are {a}; give two")));
        }
        let (row_a, row_b) = (self.find(a)?, self.find(b)?);
        let vector = self.comparer().vector(row_a, row_b);
        let evidence = self.evidence(row_a, row_b);
        let pair = Pair {
            keys: (a, b),
            edge: Edge { a: row_a, b: row_b, bits: evidence.total.bits(), vector },
            evidence,
            same_entity: self.entities.of(row_a) == self.entities.of(row_b),
            barred: View::now(self).barred(row_a, row_b),
            blocking: self.blocking(row_a, row_b),
        };
        Ok(pair.explained(&self.scorer(), self.threshold(), |rule| self.postings.uses(rule)))
    }

    /// How an entity came about: the links that hold it together, each record by its strongest, in the
    /// order of their weight. What people decided has a link here only if it has weight of its own; see
    /// [`must_links`](Self::must_links).
    ///
    /// # Errors
    /// `not_found` when there is no such entity and it was not merged into another.
    pub fn how(&self, entity: EntityId) -> Result<Vec<Step>> {
        let current = self.current(entity).ok_or_else(|| Error::not_found(format!("no entity {entity}")))?;
        let view = View::now(self);
        let component = view.component(self.entities.members(current)[0]);
        let inside = |row: u32| self.entities.of(row) == Some(current);
        let mut links = view.solve(&component, &mut self.comparer()).links;
        links.retain(|link| inside(component[link.a as usize]));
        links.sort_by(|x, y| y.bits.total_cmp(&x.bits).then((x.a, x.b).cmp(&(y.a, y.b))));
        let mut together = UnionFind::new(component.len());
        let mut sizes = vec![1; component.len()];
        let step = |link: Edge| {
            let joined = [link.a, link.b].map(|at| sizes[together.root(at) as usize]);
            together.join(link.a, link.b);
            sizes[together.root(link.a) as usize] = joined.iter().sum();
            let (a, b) = (component[link.a as usize], component[link.b as usize]);
            let evidence = self.evidence(a, b);
            let probability = evidence.probability();
            Step { a: self.archive.key(a), b: self.archive.key(b), evidence, probability, joined }
        };
        Ok(links.into_iter().map(step).collect())
    }

    /// The pairs of an entity that people have put together.
    pub fn must_links(&self, entity: EntityId) -> Vec<(RecordKey, RecordKey)> {
        let Some(current) = self.current(entity) else { return Vec::new() };
        let inside = |key: &RecordKey| self.entity_of(key) == Some(current);
        let [must, _] = self.decisions.pairs();
        must.into_iter().filter(|(a, b)| inside(a) && inside(b)).collect()
    }

    /// What would be if a record were not there: the entities, as their records, that would be other
    /// than they are. Nothing is changed.
    ///
    /// # Errors
    /// `not_found` when there is no such record.
    pub fn without(&self, key: &RecordKey) -> Result<Vec<Vec<RecordKey>>> {
        let row = self.find(key)?;
        let mut comparer = self.comparer();
        let (view, touched) = View::without(self, row, &mut comparer);
        let mut groups = view.groups(&touched, &mut comparer);
        groups.retain(|group| !self.entities.is_entity(group));
        Ok(groups
            .into_iter()
            .map(|group| group.into_iter().map(|row| self.archive.key(row)).collect())
            .collect())
    }

    fn comparer(&self) -> Comparer<'_> {
        Comparer::resume(&self.data, Memory::none(&self.data))
    }

    fn evidence(&self, a: u32, b: u32) -> Evidence {
        let scorer = self.scorer();
        let vector = self.comparer().vector(a, b);
        score::evidence(&self.data.slots, scorer.prior(), &scorer.parts(a, b, vector))
    }

    /// The names of the rules under which two rows meet.
    fn blocking(&self, a: u32, b: u32) -> Vec<String> {
        let mut rules = self.postings.met(&self.data, a, b);
        rules.extend(RULES.iter().position(|rule| rule.name == SMALL_TABLE).filter(|_| self.few.are_few()));
        rules.sort_unstable();
        let names = rules.into_iter().map(|rule| RULES[rule].name);
        self.are_neighbours(a, b)
            .then_some("all values")
            .into_iter()
            .chain(names)
            .map(str::to_owned)
            .collect()
    }
}
