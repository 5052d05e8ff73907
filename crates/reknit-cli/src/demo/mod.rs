//! `reknit demo`: an invented company goes through the whole library, and the screen says how well.

mod company;
mod people;
mod phrases;
mod quote;
mod random;
mod records;
mod showpiece;
mod talk;
