//! Changes and questions, carried out one by one: what the live engines of the wire have in common.
//!
//! An engine is kept behind a lock, so that bindings may hand it to any number of threads: questions run
//! beside one another, a change runs alone. A list of orders is answered one by one, and one that is
//! refused answers with its error and changes nothing. Cost: a lock and the JSON, beside the order itself.

use std::sync::{PoisonError, RwLock};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{read, write};
use crate::{Error, ErrorKind, Result};

/// A change to an engine, or a question to it.
pub(super) trait Order: DeserializeOwned {
    /// What is changed and asked.
    type Engine;
    /// What comes back.
    type Answer: Serialize;

    /// Whether it changes nothing.
    fn asks(&self) -> bool;

    /// Makes the change, or answers the question. An error if and only if nothing was changed.
    fn carry_out(self, engine: &mut Self::Engine) -> Result<Self::Answer>;

    /// Answers the question; a change is an error.
    fn answer(self, engine: &Self::Engine) -> Result<Self::Answer>;
}

/// An engine behind a lock, JSON in and out.
pub(super) struct Kept<E>(RwLock<E>);

impl<E> Kept<E> {
    pub(super) fn new(engine: E) -> Self {
        Self(RwLock::new(engine))
    }

    /// Makes one change.
    pub(super) fn change<O: Order<Engine = E>>(&self, change: &str) -> Result<String> {
        let change: O = read(change)?;
        if change.asks() {
            return Err(Error::input("this changes nothing; ask it as a question"));
        }
        let answer = change.carry_out(&mut *self.0.write().map_err(broken)?)?;
        write(&answer)
    }

    /// Answers one question.
    pub(super) fn ask<O: Order<Engine = E>>(&self, question: &str) -> Result<String> {
        let question: O = read(question)?;
        if !question.asks() {
            return Err(Error::input("this is a change and no question; have it made as one"));
        }
        write(&self.look(|engine| question.answer(engine))?)
    }

    /// Looks at the engine, beside others who do.
    pub(super) fn look<T>(&self, look: impl FnOnce(&E) -> Result<T>) -> Result<T> {
        look(&*self.0.read().map_err(broken)?)
    }
}

fn broken<T>(_: PoisonError<T>) -> Error {
    let what = "a change broke a promise inside the library and left this engine half done; begin another";
    Error::new(ErrorKind::Internal, what)
}

/// The answer of a `false` to a question that says nothing but its name.
pub(super) fn nothing_asked() -> Error {
    Error::input("a question that is `false` asks nothing; leave it out")
}

/// An answer, or why an order was refused.
#[derive(Serialize)]
#[serde(untagged)]
enum Told<A> {
    Answer(A),
    Refused { error: Refusal },
}

/// An order that was refused; those before it and after it are carried out all the same.
#[derive(Serialize)]
struct Refusal {
    code: u32,
    name: &'static str,
    message: String,
}

impl<A> Told<A> {
    fn of(answer: Result<A>) -> Self {
        match answer {
            Ok(answer) => Self::Answer(answer),
            Err(error) => {
                let (code, name) = (error.code(), error.name());
                Self::Refused { error: Refusal { code, name, message: error.to_string() } }
            }
        }
    }
}

/// Carries out `orders` one by one; the answers as JSON.
pub(super) fn carried_out<O: Order>(orders: Vec<O>, engine: &mut O::Engine) -> Result<String> {
    #[derive(Serialize)]
    struct Answers<A> {
        answers: Vec<Told<A>>,
    }
    let answers = orders.into_iter().map(|order| Told::of(order.carry_out(engine))).collect();
    write(&Answers { answers })
}
