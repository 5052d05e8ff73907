//! Objects behind checked numbers, so that a mistake of the host is an error and never a crash.
//!
//! A handle is 64 bits: 4 for the kind of object, 32 for the generation, 28 for the slot. Freeing an
//! object raises its slot's generation, so the old number is refused from then on; a number of
//! another kind is refused by its tag; 0 is never a handle. A slot whose generations are used up is
//! not used again. Objects are shared by `Arc`: one that is freed during a call on another thread
//! lives until that call ends. Cost: one uncontended lock and one index per use.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use reknit_core::{Error, Result};

const SLOT_BITS: u32 = 28;
const GENERATION_BITS: u32 = 32;
const SLOTS: usize = 1 << SLOT_BITS;

/// The kinds of object a handle can name.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A result.
    Text = 1,
    /// What went wrong.
    Error = 2,
    /// A trained or built-in classifier.
    Classifier = 3,
    /// A fitted resolver.
    Resolver = 4,
    /// A live resolver.
    LiveResolver = 5,
    /// A live stitcher.
    LiveStitcher = 6,
    /// A live classifier.
    LiveClassifier = 7,
    /// A trained classifier of several labels a text.
    MultiClassifier = 8,
    /// Several readers of texts.
    Annotator = 9,
}

impl Kind {
    const ALL: [Self; 9] = [
        Self::Text,
        Self::Error,
        Self::Classifier,
        Self::Resolver,
        Self::LiveResolver,
        Self::LiveStitcher,
        Self::LiveClassifier,
        Self::MultiClassifier,
        Self::Annotator,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Error => "error",
            Self::Classifier => "classifier",
            Self::Resolver => "resolver",
            Self::LiveResolver => "live resolver",
            Self::LiveStitcher => "live stitcher",
            Self::LiveClassifier => "live classifier",
            Self::MultiClassifier => "multi classifier",
            Self::Annotator => "annotator",
        }
    }
}

struct Slot<T> {
    generation: u32,
    object: Option<Arc<T>>,
}

struct Slots<T> {
    slots: Vec<Slot<T>>,
    free: Vec<u32>,
}

/// All objects of one kind.
pub(crate) struct Handles<T> {
    kind: Kind,
    slots: Mutex<Slots<T>>,
}

impl<T> Handles<T> {
    /// An empty table.
    pub(crate) const fn new(kind: Kind) -> Self {
        Self { kind, slots: Mutex::new(Slots { slots: Vec::new(), free: Vec::new() }) }
    }

    /// Keeps `object` and gives its handle.
    pub(crate) fn keep(&self, object: T) -> Result<u64> {
        let object = Some(Arc::new(object));
        let mut slots = self.lock();
        if let Some(place) = slots.free.pop() {
            let slot = &mut slots.slots[place as usize];
            slot.object = object;
            return Ok(self.handle(place, slot.generation));
        }
        let place = slots.slots.len();
        if place >= SLOTS {
            return Err(Error::input(format!(
                "{SLOTS} objects of kind {} are alive; free some",
                self.kind.name()
            )));
        }
        slots.slots.push(Slot { generation: 0, object });
        Ok(self.handle(place as u32, 0))
    }

    /// The object of `handle`.
    pub(crate) fn get(&self, handle: u64) -> Result<Arc<T>> {
        let (place, generation) = self.place(handle)?;
        let slots = self.lock();
        let slot = slots.slots.get(place).filter(|slot| slot.generation == generation);
        slot.and_then(|slot| slot.object.clone()).ok_or_else(|| self.freed())
    }

    /// Gives `handle` up. Nothing happens for 0, as with C's `free`.
    pub(crate) fn free(&self, handle: u64) -> Result<()> {
        if handle == 0 {
            return Ok(());
        }
        let (place, generation) = self.place(handle)?;
        // Dropped after the lock is released: an object's destructor may be long.
        let _object = self.take(place, generation).ok_or_else(|| self.freed())?;
        Ok(())
    }

    fn take(&self, place: usize, generation: u32) -> Option<Arc<T>> {
        let mut slots = self.lock();
        let slot = slots.slots.get_mut(place).filter(|slot| slot.generation == generation)?;
        let object = slot.object.take()?;
        if let Some(next) = slot.generation.checked_add(1) {
            slot.generation = next;
            slots.free.push(place as u32);
        }
        Some(object)
    }

    fn handle(&self, place: u32, generation: u32) -> u64 {
        (self.kind as u64) << (GENERATION_BITS + SLOT_BITS)
            | u64::from(generation) << SLOT_BITS
            | u64::from(place)
    }

    /// Slot and generation of `handle`, if it is of this kind.
    fn place(&self, handle: u64) -> Result<(usize, u32)> {
        let tag = handle >> (GENERATION_BITS + SLOT_BITS);
        if tag == self.kind as u64 {
            return Ok((handle as usize & (SLOTS - 1), (handle >> SLOT_BITS) as u32));
        }
        let wanted = self.kind.name();
        Err(Error::input(match Kind::ALL.into_iter().find(|kind| *kind as u64 == tag) {
            Some(other) => format!("a {wanted} is needed, but this handle is of kind {}", other.name()),
            None if handle == 0 => format!("a {wanted} is needed, but the handle is 0"),
            None => format!("a {wanted} is needed, but this number is no handle"),
        }))
    }

    fn freed(&self) -> Error {
        Error::input(format!("this {} was freed", self.kind.name()))
    }

    /// A panic while the lock is held leaves no half-done change behind, so poison means nothing.
    fn lock(&self) -> MutexGuard<'_, Slots<T>> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_freed_handle_stays_refused_after_its_slot_is_used_again() {
        let table = Handles::new(Kind::Text);
        let first = table.keep("a").expect("there is room");
        assert_eq!(table.get(first).as_deref(), Ok(&"a"));
        assert_eq!(table.free(first), Ok(()));
        let second = table.keep("b").expect("there is room");
        assert_ne!(first, second);
        assert!(table.get(first).is_err());
        assert!(table.free(first).is_err());
        assert_eq!(table.get(second).as_deref(), Ok(&"b"));
    }

    #[test]
    fn foreign_kinds_zero_and_made_up_numbers_are_refused() {
        let texts = Handles::new(Kind::Text);
        let errors: Handles<()> = Handles::new(Kind::Error);
        let text = texts.keep(()).expect("there is room");
        for handle in [text, 0, 7, u64::MAX] {
            assert!(errors.get(handle).is_err());
            assert_eq!(errors.free(handle).is_ok(), handle == 0);
        }
        assert!(texts.get(text ^ 1).is_err());
        assert!(texts.get(text).is_ok());
    }

    #[test]
    fn an_object_freed_in_use_lives_until_the_user_lets_go() {
        let table = Handles::new(Kind::Text);
        let handle = table.keep(String::from("a")).expect("there is room");
        let held = table.get(handle).expect("it is alive");
        table.free(handle).expect("it is alive");
        assert_eq!(*held, "a");
    }

    #[test]
    fn a_slot_out_of_generations_is_retired() {
        let table = Handles::new(Kind::Text);
        let first = table.keep(1).expect("there is room");
        table.lock().slots[0].generation = u32::MAX;
        assert!(table.get(first).is_err());
        let last = table.handle(0, u32::MAX);
        table.free(last).expect("it is alive");
        assert!(table.get(last).is_err() && table.free(last).is_err());
        assert_eq!(table.keep(2).expect("there is room") as usize & (SLOTS - 1), 1);
    }
}
